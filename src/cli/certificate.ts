import { X509Certificate, createPrivateKey } from 'node:crypto'
import { watchConfig, type Watch } from '../config/watch.ts'
import { readPem } from './pem.ts'

/** The certificate that Weir shows, from its files, and word of when they change. */
export type Certificate = { readonly cert: string; readonly key: string }
export type CertificateFiles = { readonly cert: string; readonly key: string }

/** Throws if the two do not belong together, as between the two writes of whoever renews them. */
export function readCertificate(files: CertificateFiles): Certificate {
  const [cert, key] = [readPem(files.cert), readPem(files.key)]
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    throw new Error(`The key in ${files.key} is not that of the certificate in ${files.cert}`)
  return { cert, key }
}

export async function watchCertificate(files: CertificateFiles, onChange: () => void): Promise<Watch> {
  const watches = await Promise.all(
    [...new Set([files.cert, files.key])].map((file) => watchConfig(file, onChange)),
  )
  return { stop: () => watches.forEach(({ stop }) => stop()) }
}
