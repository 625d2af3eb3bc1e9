import { Type, type Static } from '@sinclair/typebox'
import { Rules } from '../judge/schema.ts'
import { Push } from '../push/schema.ts'

/** Hidden in messages too: who writes the key itself here would read it in a log. */
function pem(description: string) {
  return Type.String({ pattern: '^[^\\n]+$', must: 'a file', file: true, secret: true, description })
}

/** Where Weir listens, keeps its data, and whom it lets in. */
export const Server = Type.Object({
  listen: Type.Union([Type.String(), Type.Integer()], {
    default: '127.0.0.1:9347',
    must: 'host:port, [address]:port, :port for every address, or a port alone for 127.0.0.1',
    description:
      'Where to listen. Port 0 takes a free one. Any address but those of this machine needs a `token` or `access: keys`.',
  }),
  data: Type.Optional(
    Type.String({
      minLength: 1,
      must: 'a folder',
      file: true,
      description: 'The folder of the traces. Without it `$XDG_STATE_HOME/weir` or `~/.local/state/weir`.',
    }),
  ),
  token: Type.Optional(
    Type.String({
      minLength: 16,
      pattern: '^[!-~]+$',
      must: 'at least 16 letters, digits or signs, without spaces',
      secret: true,
      description: 'Who wants to use `/api` or the explorer must show this token.',
    }),
  ),
  access: Type.Union(
    (['auto', 'keys'] as const).map((access) => Type.Literal(access)),
    {
      default: 'auto',
      description:
        'Who needs a key (`weir keys`): with `auto` whoever uses `/api` or `/api/v1/gateway`, once a key was made or ' +
        'there is a `token`; with `keys` everybody, always, also for requests to models',
    },
  ),
  insecure: Type.Boolean({
    default: false,
    description: 'Listen on an address that is not loopback although there is no `token`.',
  }),
  tls: Type.Optional(
    Type.Object(
      {
        cert: Type.String({
          minLength: 1,
          must: 'a file',
          file: true,
          description: 'The certificate (PEM).',
        }),
        key: pem('Its key (PEM).'),
      },
      {
        additionalProperties: false,
        description: 'Serve TLS, with HTTP/2. The files are read again when they change.',
      },
    ),
  ),
  log: Type.Union(
    (['debug', 'info', 'warn', 'error'] as const).map((level) => Type.Literal(level)),
    { default: 'info', description: 'The least level that is logged, one JSON line per event, to stderr.' },
  ),
  projects: Type.Record(
    Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$' }),
    Type.Object({ rules: Rules, push: Type.Optional(Push) }, { additionalProperties: false, default: {} }),
    {
      additionalProperties: false,
      default: {},
      names: 'the name of a project: letters, digits, -, _ and .',
      description:
        'Projects by name: named sets of traces, with rules of their own. The header `x-weir-project` names the project ' +
        'of a request; without it that is `default`.',
    },
  ),
})
export type Server = Static<typeof Server>

export type Address = { readonly host: string; readonly port: number }

/** `host:port` in any of its forms; null for anything else. */
export function parseListen(text: string): Address | null {
  const found = /^(?:(?<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]*)(?<colon>:))?(?<port>\d{1,5})$/.exec(text)
  const port = Number(found?.groups?.['port'] ?? NaN)
  if (found === null || port > 65_535) return null
  // A bare port stays on this machine; to be seen by others takes at least a colon.
  if (found.groups?.['colon'] === undefined) return { host: '127.0.0.1', port }
  const host = (found.groups['host'] ?? '').replace(/^\[(.*)\]$/, '$1')
  return { host: host === '' ? '0.0.0.0' : host, port }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Where traces are kept if nobody says so, by the XDG base directory specification; null without a home. */
export function dataFolder(environment: Environment): string | null {
  const state = environment['XDG_STATE_HOME']
  // The specification: paths in these variables must be absolute, and relative ones ignored.
  if (state?.startsWith('/')) return `${state}/weir`
  const home = environment['HOME']
  return home === undefined || home === '' ? null : `${home}/.local/state/weir`
}
