import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ecosystems } from '../../src/ecosystems/index.ts'
import { unpack } from '../../src/unpack/unpack.ts'
import { benign } from './benign.ts'
import { isZip } from './dates.ts'
import { malware } from './malware.ts'

const HELP = `node bench/quality/show.ts ID [FILE…] [--report] [--corpora DIR]
  what is in an archive: its files, or the text of those named; nothing is written to disk
  --report   also from the part that rules are not tuned on`

const { values, positionals: [id, ...wanted] } = parseArgs({
  allowPositionals: true,
  options: {
    report: { type: 'boolean', default: false },
    corpora: { type: 'string', default: fileURLToPath(new URL('../.cache/corpora', import.meta.url)) },
  },
})

async function main(): Promise<void> {
  const bad = await malware(values.corpora, () => {})
  const all = [...bad.samples, ...benign(values.corpora, 'benign'), ...benign(values.corpora, 'hard')]
  const sample = all.find((one) => one.id === id)
  if (!sample) throw new Error(`no archive is called ${id}`)
  if (sample.part === 'report' && !values.report) throw new Error(`${id} is of the part that rules are not tuned on`)
  const bytes = await sample.read()
  bad.close()
  if (!bytes) throw new Error(`${id} is not at hand`)
  const { ref } = sample
  const ecosystem = ecosystems[ref.ecosystem]
  const { files } = await unpack(bytes, { format: isZip(bytes) ? 'zip' : ecosystem.archiveFormat(ref.file), root: ecosystem.packageRoot(ref) })
  for (const { path, size, bytes: content } of files.values()) {
    if (wanted.length === 0) print(`${String(size).padStart(9)} ${path}`)
    else if (wanted.includes(path)) print(`--- ${path}\n${plain(Buffer.from(content).toString('utf8'))}`)
  }
}

/** Control characters could drive the terminal that shows them. */
const plain = (text: string): string => text.replaceAll('\r\n', '\n').replace(/[^\P{C}\n\t]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)

// Whoever reads may have seen enough.
process.stdout.on('error', () => process.exit())
const print = (line: string): void => void process.stdout.write(`${line}\n`)

if (id === undefined) print(HELP)
else await main()
