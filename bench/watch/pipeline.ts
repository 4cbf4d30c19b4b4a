import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { print } from '../quality/command.ts'
import { runFlood } from './pipeline-flood.ts'
import { runMixed } from './pipeline-mixed.ts'
import { floodTable, mixedTable, record } from './pipeline-report.ts'

const HELP = `taskset -c 0 node --expose-gc bench/watch/pipeline.ts [--events 50000] [--flood 100000] [--delay 0] [--only mixed,flood] [--write]
  Feed events through the log, names, identities, twins, campaigns and alarms on a database on disk; registries are made up and answer
  in process, after --delay milliseconds. Then a flood of one registry beside a trickle at the two others.`

const { values } = parseArgs({ options: {
  events: { type: 'string', default: '50000' }, flood: { type: 'string', default: '100000' }, delay: { type: 'string', default: '0' },
  only: { type: 'string', default: 'mixed,flood' }, write: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
} })

const folder = mkdtempSync(join(tmpdir(), 'sluice-pipeline-'))
const only = new Set(values.only.split(','))
try {
  if (values.help) print(HELP)
  else {
    const sections: string[] = []
    if (only.has('mixed')) sections.push(mixedTable(await runMixed(mkdtempSync(join(folder, 'mixed-')), Number(values.events))))
    if (only.has('flood')) sections.push(floodTable(await runFlood(mkdtempSync(join(folder, 'flood-')), { count: Number(values.flood), delay: Number(values.delay), progress: (line) => process.stderr.write(`${line}\n`) })))
    print(sections.join('\n\n'))
    if (values.write) record(sections, 'taskset -c 0 node --expose-gc bench/watch/pipeline.ts --write')
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
