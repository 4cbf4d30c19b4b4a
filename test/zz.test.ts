import { it } from 'vitest'
import { mkdtempSync, rmSync, copyFileSync } from 'node:fs'
import { openDatabase } from '../src/adapters/embedded/database.ts'
it('times', async () => {
  for (let i = 0; i < 3; i++) {
    const d = mkdtempSync('/tmp/zz-')
    let c = process.cpuUsage(); let t = performance.now()
    const lap = (w: string) => { const e = process.cpuUsage(c); console.log(w, 'cpu', (e.user + e.system) / 1000, 'wall', performance.now() - t); c = process.cpuUsage(); t = performance.now() }
    let db = await openDatabase(d + '/x.db'); lap('open'); await db.migrate(); lap('migrate')
    await db.close(); lap('close')
    copyFileSync(d + '/x.db', d + '/y.db'); lap('copy')
    db = await openDatabase(d + '/y.db'); lap('open'); await db.migrate(); lap('migrate'); await db.close(); lap('close')
     rmSync(d, { recursive: true })
  }
}, 100000)
