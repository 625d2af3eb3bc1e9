import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { answers, ended, freePort, type Launcher, type Running } from '../../src/cli/bench/launch.ts'

/**
 * nginx as a plain reverse proxy that does not hold answers back; one process, so that its CPU is all its CPU. Null where
 * it is not installed.
 */
export async function startNginx(upstreamPort: number, launcher: Launcher): Promise<Running | null> {
  const program = Bun.which('nginx', {
    PATH: `${launcher.environment['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`,
  })
  if (program === null) return null
  const folder = join(launcher.folder, 'nginx')
  await mkdir(folder, { recursive: true })
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  await Bun.write(file, configuration(folder, port, upstreamPort))
  const child = Bun.spawn([program, '-p', folder, '-c', file, '-e', join(folder, 'error.log')], {
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  const running = { pid: child.pid, port, prefix: '', stop: () => ended(child) }
  if (await answers(`http://127.0.0.1:${port}/peak`, () => child.exitCode === null)) return running
  await ended(child)
  throw new Error(`nginx did not start: ${await Bun.file(join(folder, 'error.log')).text()}`)
}

function configuration(folder: string, port: number, upstreamPort: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
daemon off;
master_process off;
pid ${folder}/pid;
worker_rlimit_nofile 20000;
events { worker_connections 20000; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  keepalive_requests 1000000;
  upstream provider { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    client_max_body_size 64m;
    client_body_buffer_size 4m;
    location / {
      proxy_pass http://provider;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_read_timeout 300s;
    }
  }
}
`
}
