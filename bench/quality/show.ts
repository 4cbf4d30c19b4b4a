import { parseArgs } from 'node:util'
import { CORPORA, print } from './command.ts'
import { openShelf, plain } from './archive.ts'

const HELP = `node bench/quality/show.ts ID [FILE…] [--report] [--corpora DIR]
  what is in an archive: its files, or the text of those named; nothing is written to disk
  --report   also from the part that rules are not tuned on`

const { values, positionals: [id, ...wanted] } = parseArgs({
  allowPositionals: true,
  options: {
    report: { type: 'boolean', default: false },
    corpora: { type: 'string', default: CORPORA },
  },
})

async function main(id: string): Promise<void> {
  const shelf = await openShelf(values.corpora)
  try {
    const sample = shelf.sample(id)
    if (sample.part === 'report' && !values.report) throw new Error(`${id} is of the part that rules are not tuned on`)
    for (const { path, size, bytes } of (await shelf.files(sample)).values()) {
      if (wanted.length === 0) print(`${String(size).padStart(9)} ${path}`)
      else if (wanted.includes(path)) print(`--- ${path}\n${plain(bytes)}`)
    }
  } finally {
    shelf.close()
  }
}

if (id === undefined) print(HELP)
else await main(id)
