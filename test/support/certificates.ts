import { join } from 'node:path'

/** A certificate authority of one's own, and what it has signed, in files of a folder. */
export type Certificate = { readonly cert: string; readonly key: string }

export type Authority = { readonly ca: string; readonly sign: (name: string) => Certificate }

export function createAuthority(folder: string, authority = 'authority'): Authority {
  const path = (file: string) => join(folder, file)
  const [ca, caKey] = [path(`${authority}.pem`), path(`${authority}.key`)]
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', '-days', '2', ...fresh, '-subj', `/CN=${authority}`, '-out', ca, '-keyout', caKey)
  return {
    ca,
    sign: (name) => {
      const [cert, key] = [path(`${name}.pem`), path(`${name}.key`)]
      const names = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
      const signer = ['-x509', '-days', '2', '-CA', ca, '-CAkey', caKey]
      openssl('req', ...signer, ...fresh, '-subj', `/CN=${name}`, ...names, '-out', cert, '-keyout', key)
      return { cert, key }
    },
  }
}

function openssl(...list: readonly string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(['openssl', ...list])
  if (exitCode !== 0) throw new Error(String(stderr))
}
