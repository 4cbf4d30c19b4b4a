import { hostEvent } from '../src/host/events/testing.ts'
import { Spool } from '../src/host/spool/spool.ts'

// Writes until it is killed; prints how many were written when that many are on the disk.
const spool = Spool.open(process.argv[2] as string, { segmentBytes: 8_000, syncMs: 0 })
for (let index = 0; index < 20_000; index++) {
  spool.append([hostEvent({ says: `event ${index}` })])
  process.stdout.write(`${index + 1}\n`)
  if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
}
