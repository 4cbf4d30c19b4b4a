import { beforeAll, describe, expect, it } from 'vitest'
import { build } from '../../bench/sandbox/behaviours/build.ts'
import { node } from '../../bench/sandbox/behaviours/node.ts'
import type { Row } from '../../bench/sandbox/behaviours/row.ts'
import { weigh } from '../../src/core/weigh.ts'
import { aboutRecord } from '../../src/conduct/about.ts'
import { judge } from '../../src/conduct/judge.ts'
import { tarball } from '../harness/archives.ts'
import { runIn, whyNot } from '../harness/sandbox.ts'
import type { Seen } from '../harness/sandbox.ts'

const missing = await whyNot('npm')
if (missing !== null) console.warn(`not tested: ${missing}`)

/** What honest packages do at installation: a banner, a file of their own, a child, a look at the machine. */
const HONEST = {
  'package.json': JSON.stringify({ name: 'sample-honest', version: '1.0.0', main: 'index.js', scripts: { postinstall: 'node postinstall.js' } }),
  'postinstall.js': [
    "const fs = require('node:fs'), cp = require('node:child_process')", "console.log('Thank you for installing sample-honest on ' + process.platform)",
    "fs.writeFileSync(__dirname + '/built.json', '{}')", "cp.execFileSync(process.execPath, ['--version'])", "cp.execFileSync('uname', ['-m'])",
  ].join('\n'),
  'index.js': 'exports.add = (a, b) => a + b\n',
}

describe.skipIf(missing !== null)('what was seen of a package', () => {
  const row = node.find(({ id }) => id === 'environment') as Row
  let thief: Seen
  let places: readonly string[]
  beforeAll(async () => {
    const built = await build('node', row, 'ci')
    places = built.places
    thief = await runIn(built.archive.ref, built.archive.bytes, { passes: ['laptop', 'ci'], phases: ['install'] })
  }, 90_000)

  it('is told with the line that did it, and that it does so only in CI', () => {
    const found = judge(thief.record, aboutRecord(thief.record)).flatMap((run) => (run.status === 'ok' ? run.findings : []))
    const sent = found.find(({ detector }) => detector === 'did-send-secrets')
    expect(sent).toMatchObject({ severity: 'critical', title: expect.stringMatching(/^the postinstall script sent planted .* to collect\.drop\.example$/) })
    expect(sent?.evidence.some(({ file, lines }) => places.includes(`${file}:${lines[0]}`))).toBe(true)
    expect(found.find(({ detector }) => detector === 'did-act-only-sometimes')).toMatchObject({ severity: 'high', title: expect.stringContaining('only in continuous integration') })
  })

  it('is nothing where a package does what honest ones do', async () => {
    const { record } = await runIn({ ecosystem: 'npm', name: 'sample-honest', version: '1.0.0', file: 'sample-honest-1.0.0.tgz' }, await tarball('package', HONEST), { phases: ['install', 'import'] })
    expect(record.phases.map(({ status }) => status)).toEqual(['completed', 'completed'])
    const { level, score } = weigh(record.digest, judge(record, aboutRecord(record)), record.missing, 'test')
    expect({ level, score }).toEqual({ level: 'clean', score: 0 })
  })
})
