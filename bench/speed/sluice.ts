import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { freePort, start } from './process.ts'
import type { Contestant } from './process.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The gate as it is in this checkout, with its default minimum age of a day. */
export async function startSluice(options: { data: string; upstream: string }): Promise<Contestant> {
  const port = await freePort()
  writeFileSync(join(options.data, 'sluice.yaml'), `data: data
server:
  port: ${port}
upstreams:
  npm:
    url: ${options.upstream}
  pypi:
    url: 'off'
  go:
    url: 'off'
policy:
  minimum_age:
    npm: 24h
log:
  level: warn
`)
  const origin = `http://127.0.0.1:${port}/`
  const running = await start([process.execPath, join(ROOT, 'src', 'main.ts'), 'up'], { cwd: options.data, ready: `${origin}healthz` })
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  return { name: 'sluice', version, npm: `${origin}npm/`, ...running }
}

/** Deliveries that the ledger holds, read from outside while the gate runs. */
export function ledgerLines(data: string): number {
  const database = new DatabaseSync(join(data, 'data', 'sluice.db'), { readOnly: true })
  try {
    return Number(database.prepare('select count(*) as lines from ledger where kind = ?').get('served')?.['lines'] ?? 0)
  } finally {
    database.close()
  }
}
