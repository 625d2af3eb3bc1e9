import page from './index.html'

/**
 * The page and its bundle, as `Bun.serve({ routes: { ...explorerRoutes }, development: false, fetch })` takes them,
 * from source as well as compiled. `development: false` is needed: Bun's development page has an inline script,
 * which the page's own Content-Security-Policy refuses.
 */
export const explorerRoutes = { '/': page } as const
