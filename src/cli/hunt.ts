import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from 'commander'
import type { HuntWire } from '../api/hunt-schemas.ts'
import { duration } from '../config/values.ts'
import { sentence, SluiceError } from '../core/errors.ts'
import type { HuntRequest } from '../hunt/hunter.ts'
import { atDesk } from './at-desk.ts'
import type { Desk } from './desk.ts'
import { huntCsv, huntTable } from './hunt-print.ts'
import type { Surroundings } from './opened.ts'
import { count, plain } from './print.ts'
import type { Printer } from './print.ts'

interface Options {
  like?: string
  least: string
  yara?: string
  within: string
  limit: string
  csv?: boolean
  recall?: string
  because?: string
}

const LARGEST = 1_000_000

/** Finds what was judged here by what it carries, does or looks like. */
export function hunt(program: Command, surroundings: Surroundings, done: (code: number) => void): void {
  program.command('hunt [what...]')
    .description('find everything ever judged here that carries an indicator, does something, or looks like something; and who has it')
    .option('--like <file>', 'packages whose code is like this file (JavaScript, TypeScript, Python, Go), or that have it in them as it is')
    .option('--least <percent>', 'how alike, at least', '60')
    .option('--yara <file>', 'files for which YARA rules are true: run over everything stored, in worker processes')
    .option('--within <time>', 'how long rules may run in all', '10min')
    .option('--limit <files>', 'how many are listed', '50')
    .option('--csv', 'print as CSV, with indicators defanged')
    .option('--recall <versions>', 'recall what was found; the number is that of the versions found, so that nothing else is recalled by accident')
    .option('--because <reason>', 'why it is recalled; whoever is refused reads it')
    .addHelpText('after', `
WHAT is an indicator as it stands, defanged or not: a URL, a domain (with everything below it), an address or network, an
address of mail or @domain, a hash of an archive or of a file of code, or an expression of:
  behaviour:exfiltration  detector:reverse-shell  trigger:install (build startup editor generate)
  does:send<credentials>  "does:send unasked" (loaded asked called loose)  mark:KIND  binary:KIND
  domain:  url:  ip:  email:  hash:  wallet:  repository:github.com/owner/name  publisher:npm/account
  actor:npm/account  actor:somebody@evil.example  campaign:ID
  npm:name@version  name:evil-*  file:  version:  ecosystem:go  level:suspicious  score>=50  served>=1
  since:7d  since:2030-01-31  before:  (judged)  published:  (published since)
with and, or, not and parentheses.

Exit codes: 0 nothing found, 1 found, 2 bad usage, or nobody could be asked.

Examples:
  sluice hunt 'hxxps://files[.]evil[.]example/x'
  sluice hunt 'behaviour:exfiltration and trigger:install and not ecosystem:go'
  sluice hunt --like setup.py --least 70
  sluice hunt 'since:30d' --yara new-rules.yar --csv
  sluice hunt evil.example --recall 3 --because "SEC-123"`)
    .action(async (words: string[], options: Options, command: Command) => {
      const request = await requestOf(words, options)
      const recall = recallOf(options)
      await answered(() => atDesk(command, surroundings, {}, async (desk, printer) => {
        const found = await desk.hunt.hunt(request, (at, of) => printer.progress(`${at.toLocaleString('en')} of ${of.toLocaleString('en')} stored files`))
        printer.progress('')
        for (const note of found.notes) printer.note(`${note}.`)
        if (options.csv) printer.lines(...huntCsv(found))
        else if (printer.wantsJson && !recall) printer.json(found)
        else if (!printer.wantsJson) show(found, { words, options }, printer)
        if (recall) await recallAll(desk, found, recall, printer)
        done(found.files > 0 ? 1 : 0)
      }))
    })
}

/** Exit code 1 says that something was found: what could not be hunted for at all is another. */
async function answered(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    if (!(thrown instanceof SluiceError) || thrown.code === 'usage') throw thrown
    throw new SluiceError('usage', thrown.message, { cause: thrown, ...(thrown.hint === undefined ? {} : { hint: thrown.hint }) })
  }
}

async function requestOf(words: readonly string[], { like, least, yara, within, limit }: Options): Promise<HuntRequest> {
  const what = words.join(' ').trim()
  const request: HuntRequest = { limit: numberOf(limit, '--limit', 5_000), ...(what === '' ? {} : { what }) }
  if (like !== undefined && yara !== undefined) throw new SluiceError('usage', '--like and --yara are two hunts')
  if (like !== undefined) request.like = { ...await sketchOfFile(like), least: numberOf(least, '--least', 100) / 100 }
  if (yara !== undefined) {
    const time = duration().safeParse(within)
    if (!time.success || time.data < 1_000 || time.data > 14 * 60_000) throw new SluiceError('usage', `--within ${plain(within, 40)} is no time`, { hint: 'write 30s or 10min; at most 14min' })
    request.yara = { text: (await read(yara)).toString('utf8'), within: time.data }
  }
  if (what === '' && !like && !yara) throw new SluiceError('usage', 'what is to be hunted for?', { hint: 'sluice hunt evil.example, sluice hunt --like FILE, sluice hunt --yara FILE; --help has more' })
  return request
}

function numberOf(text: string, option: string, most: number): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) < 1 || Number(text) > most) throw new SluiceError('usage', `${option} is a number from 1 to ${most}`)
  return Number(text)
}

async function read(file: string): Promise<Buffer> {
  try {
    if ((await stat(file)).size > LARGEST) throw new SluiceError('usage', `${plain(file)} is larger than ${LARGEST} bytes`)
    return await readFile(file)
  } catch (thrown) {
    if (thrown instanceof SluiceError) throw thrown
    throw new SluiceError('usage', `cannot read ${plain(file)}: ${sentence(thrown)}`)
  }
}

async function sketchOfFile(file: string): Promise<{ sketch: string; sha256: string }> {
  const bytes = await read(file)
  const { encodeSketch, sketchOf } = await import('../analysis/sketch.ts')
  const path = basename(file)
  const sketch = sketchOf('', new Map([[path, { path, size: bytes.length, mode: 0o644, bytes, truncated: false, sha256: '' }]]))
  if (!sketch) throw new SluiceError('usage', `there is too little code in ${plain(path)} to compare`, { hint: 'its name has to end in .js, .ts, .py, .go or one like them' })
  return { sketch: encodeSketch(sketch), sha256: createHash('sha256').update(bytes).digest('hex') }
}

interface Recall { versions: number; because: string }

function recallOf({ recall, because }: Options): Recall | null {
  if (recall === undefined) {
    if (because !== undefined) throw new SluiceError('usage', '--because is for --recall', { hint: 'name the number of versions: --recall 3 --because "…"' })
    return null
  }
  if (because === undefined || because.trim() === '') throw new SluiceError('usage', 'a recall needs a reason', { hint: 'say why with --because "…": every client that is refused reads it' })
  return { versions: numberOf(recall, '--recall', 5_000), because }
}

/** All or nothing: a hunt that finds anything else than what the person saw recalls nothing. */
async function recallAll(desk: Desk, found: HuntWire, { versions, because }: Recall, printer: Printer): Promise<void> {
  const why = found.versions !== versions ? `${count(found.versions, 'version')} were found, not ${versions}`
    : !found.complete || found.subjects.length !== versions ? 'the hunt is not complete' : null
  if (why !== null) throw new SluiceError('usage', `nothing was recalled: ${why}`, { hint: 'look at what is found now, and name its number' })
  const orders = []
  for (const [at, { ecosystem, name, version }] of found.subjects.entries()) {
    orders.push(await desk.order({ package: `${ecosystem}:${name}@${version}`, action: 'recall', because, digest: null, expiresAt: null }))
    printer.progress(`${at + 1} of ${versions} recalled`)
  }
  printer.progress('')
  if (printer.wantsJson) printer.json({ ...found, orders })
  else printer.lines('', `${count(orders.length, 'version')} recalled: ${plain(because, 300)}`)
}

function show(found: HuntWire, { words, options }: { words: readonly string[]; options: Options }, printer: Printer): void {
  if (found.files === 0) return printer.note(found.looked > 0 ? `Nothing fits of ${count(found.looked, 'file')} that were looked at.` : 'Nothing that was judged here fits.')
  huntTable(found, printer)
  if (found.more > 0) printer.lines(printer.paint.dim(`and ${found.more.toLocaleString('en')} more; --limit lists more, --csv and --json too`))
  if (options.recall !== undefined) return
  const again = [...words.length > 0 ? [`'${words.join(' ').replaceAll("'", `'\\''`)}'`] : [], ...options.like ? [`--like ${options.like}`, `--least ${options.least}`] : [], ...options.yara ? [`--yara ${options.yara}`] : []]
  if (found.complete) printer.note(`To recall ${found.versions === 1 ? 'it' : 'them'}: sluice hunt ${plain(again.join(' '), 500)} --recall ${found.versions} --because "…"`)
}
