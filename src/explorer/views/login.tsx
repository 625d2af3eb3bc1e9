import { useRef } from 'preact/hooks'
import { logIn, token } from '../client.ts'

/** Asks for the token. It stays with this tab until that is closed. */
export function Login({ problem }: { readonly problem: string }) {
  const input = useRef<HTMLInputElement>(null)
  const submit = (event: Event) => {
    event.preventDefault()
    const given = input.current?.value.trim() ?? ''
    if (given !== '') logIn(given)
  }
  return (
    <main class="login">
      <form onSubmit={submit}>
        <h1>Weir</h1>
        <label for="token">API token</label>
        <input id="token" ref={input} type="password" autocomplete="off" required autofocus />
        <button class="primary" type="submit">
          Open
        </button>
        <p role="alert">
          {token.value === null ? 'This Weir asks for its token. It is kept for this tab only.' : problem}
        </p>
      </form>
    </main>
  )
}
