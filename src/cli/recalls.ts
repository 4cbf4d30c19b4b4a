import { createWriteStream } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import type { RecallAnswer } from '../api/recall-schemas.ts'
import { sentence, SluiceError } from '../core/errors.ts'
import type { Digest } from '../core/types.ts'
import type { Seal } from '../recall/archive.ts'
import { atDesk } from './at-desk.ts'
import type { Surroundings } from './opened.ts'
import { moment, plain } from './print.ts'
import type { Printer } from './print.ts'

type Shown = RecallAnswer<'show'>

/** What was taken back and who had it: `recalls`; and its bytes: `evidence`. */
export function recalls(program: Command, surroundings: Surroundings): void {
  const group = program.command('recalls').description('what was taken back, why, and who met it')
  group.command('list', { isDefault: true })
    .description('recalls, the latest first')
    .option('--open', 'only those in force for some file')
    .action(async ({ open = false }: { open?: boolean }, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const all = await desk.recalls.list(open)
        if (printer.wantsJson) return printer.json(all)
        if (all.length === 0) return printer.note(open ? 'Nothing is recalled now.' : 'Nothing was ever recalled.')
        printer.table(['when', 'id', 'package', 'cause', 'files', 'received', 'because'], all.map((one) => [
          moment(one.at), one.id, plain(nameOf(one)), plain(one.cause, 30), one.files === 0 ? '-' : one.open === 0 ? `${one.files}, lifted` : String(one.files),
          one.totals ? String(one.totals.served) : '…', plain(one.because, 100),
        ]))
      })
    })
  group.command('show <id>')
    .description('one recall: files, who met it, what to clear')
    .action(async (id: string, _options: object, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const shown = await desk.recalls.show(id)
        if (printer.wantsJson) printer.json(shown)
        else showRecall(printer, shown)
      })
    })
}

/** The recall as a person reads it. */
export function showRecall(printer: Printer, { recall, files, exposure, clear }: Shown): void {
  const { paint } = printer
  printer.lines(`${paint.bold(plain(nameOf(recall)))} was recalled on ${moment(recall.at)} by ${plain(recall.by)}: ${plain(recall.because, 300)}`, `cause: ${plain(recall.cause)} ${plain(recall.reference)}`)
  if (files.length > 0) {
    printer.lines('')
    printer.table(['version', 'file', 'state', 'sha256'], files.map((file) => [plain(file.version), plain(file.file), stateOf(file), file.digest.slice(7)]))
  }
  printer.lines('')
  if (exposure.met.length === 0) printer.lines('Nobody is known to have met it.')
  else {
    printer.table(['how', 'version', 'who', 'with', 'where', 'times', 'first', 'last'], exposure.met.map((met) => [
      shadeOf(paint, met.contact), plain(met.subject.version ?? '-'), plain([met.token, met.user].filter(Boolean).join(' / ') || '-', 60), plain(met.client ?? '-', 40),
      plain([met.service, met.source, met.host, met.job, met.address].filter(Boolean).join(' ') || '-', 80), String(met.count), moment(met.first), moment(met.last),
    ]))
    if (!exposure.complete) printer.note('More have met it than are listed.')
  }
  if (clear.length === 0) return
  printer.lines('', 'To clear on each machine that may have it (sluice leftovers finds it):')
  for (const { client, commands, says } of clear) printer.lines(`  ${client}`, ...commands.map((command) => `    ${plain(command, 1_000)}`), ...(says === null ? [] : [`    ${paint.dim(`# ${plain(says, 300)}`)}`]))
}

const shadeOf = (paint: Printer['paint'], contact: string): string => (['served', 'locked', 'installed', 'ran'].includes(contact) ? paint.red(contact) : contact)

function stateOf({ step, kept, problem }: Shown['files'][number]): string {
  if (problem !== null) return `${step}: ${plain(problem, 80)}`
  if (step === 'withdrawn') return kept ? 'kept as evidence' : 'denied; no bytes were kept'
  return step === 'lifted' ? 'served again' : step
}

function nameOf({ ecosystem, name, subjects }: Shown['recall']): string {
  const versions = new Set(subjects.map(({ version }) => version))
  const [only = null] = versions
  return `${ecosystem}:${name}${versions.size === 1 && only !== null ? `@${only}` : ''}`
}

/** The store of bytes that were taken back. */
export function evidence(program: Command, surroundings: Surroundings): void {
  const group = program.command('evidence').description('bytes that were taken back: kept, never served, handed out encrypted')
  group.command('list', { isDefault: true })
    .description('what is kept')
    .action(async (_options: object, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const all = await desk.recalls.evidence()
        if (printer.wantsJson) return printer.json(all)
        if (all.length === 0) return printer.note('There is no evidence: nothing that was recalled had bytes here, or all of it was released.')
        printer.table(['sha256', 'bytes', 'package', 'file', 'since', 'because'], all.flatMap(({ digest, size, files }) => files.map((file) =>
          [digest.slice(7), String(size), plain(`${file.ecosystem}:${file.name}@${file.version}`), plain(file.file, 80), moment(file.at), plain(file.because, 100)])))
      })
    })
  group.command('show <digest>')
    .description('one piece: hashes, where it came from, verdict, who had it in hand')
    .action(async (digest: string, _options: object, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const piece = await desk.recalls.piece(digest)
        if (printer.wantsJson) return printer.json(piece)
        const { paint } = printer
        printer.lines(paint.bold(piece.digest), `${piece.size} bytes`, ...Object.entries(piece.hashes).map(([algorithm, hex]) => `${algorithm} ${plain(hex, 130)}`))
        for (const file of piece.files) printer.lines('', plain(`${file.ecosystem}:${file.name}@${file.version} ${file.file}`), `recalled ${moment(file.at)}: ${plain(file.because, 300)}`)
        for (const { upstream, firstSeenAt } of piece.origins) printer.lines(`from ${plain(upstream, 500)}, first seen ${moment(firstSeenAt)}`)
        for (const { level, score, rules } of piece.verdicts) printer.lines(`judged ${level} (score ${score}) by rules ${plain(rules)}`)
        printer.lines('')
        printer.table(['line', 'when', 'what', 'by', 'because'], piece.custody.map(({ seq, at, what, by, because }) => [String(seq), moment(at), what, plain(by ?? 'the gate'), plain(because ?? '', 100)]))
      })
    })
  group.command('export <digest...>')
    .description('one encrypted archive of these pieces, with a manifest')
    .requiredOption('--because <reason>', 'who gets it, and why; it stays in the ledger')
    .option('--recipient <age1…>', 'who can open it; may be repeated', (value: string, all: string[] = []) => [...all, value])
    .option('--passphrase-file <file>', 'a file with the passphrase that opens it')
    .option('--zip', 'as analysts exchange samples: zip, AES-256, password "infected"')
    .option('--out <file>', 'where to; it must not be there yet')
    .addHelpText('after', '\nWith --recipient or --passphrase-file it is an age file (age-encryption.org): open it with `age --decrypt`, rage, or any\nother age tool; inside is a tar. Bytes are never unpacked, here or in the archive.\n\nExample:\n  sluice evidence export 4e1f99ab --recipient age1… --because "CERT, ticket 4711"')
    .action(async (digests: string[], options: ExportOptions, command: Command) => {
      const seal = await sealOf(options)
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const whole: Digest[] = []
        for (const digest of digests) whole.push((await desk.recalls.piece(digest)).digest as Digest)
        const file = options.out ?? `evidence-${whole[0]?.slice(7, 19)}.${seal.format === 'zip' ? 'zip' : 'tar.age'}`
        await write(file, await desk.recalls.export({ digests: whole, because: options.because, seal }))
        if (printer.wantsJson) printer.json({ file, digests: whole, format: seal.format })
        else printer.lines(`${plain(file, 500)}: ${whole.length} ${whole.length === 1 ? 'piece' : 'pieces'} of evidence, ${seal.format === 'zip' ? 'password infected' : 'encrypted with age'}; the ledger says that you took it.`)
      })
    })
}

interface ExportOptions {
  because: string
  recipient?: string[]
  passphraseFile?: string
  zip?: boolean
  out?: string
}

async function sealOf({ recipient, passphraseFile, zip }: ExportOptions): Promise<Seal> {
  if ([recipient, passphraseFile, zip].filter((one) => one !== undefined).length !== 1) {
    throw new SluiceError('usage', 'say how it is encrypted, in one way', { hint: '--recipient age1…, --passphrase-file FILE, or --zip' })
  }
  if (zip) return { format: 'zip' }
  if (recipient) return { format: 'age', recipients: recipient }
  try {
    return { format: 'age', passphrase: (await readFile(passphraseFile ?? '', 'utf8')).replace(/\r?\n$/, '') }
  } catch (cause) {
    throw new SluiceError('usage', `the passphrase cannot be read: ${sentence(cause)}`, { cause })
  }
}

/** Whole or not at all; never over something that is there. */
async function write(file: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  let ours = false
  const to = createWriteStream(file, { flags: 'wx', mode: 0o600 }).on('open', () => { ours = true })
  try {
    await pipeline(Readable.from(source), to)
  } catch (cause) {
    if (ours) await rm(file, { force: true })
    throw cause instanceof SluiceError ? cause : new SluiceError('usage', `${file} was not written: ${sentence(cause)}`, { cause })
  }
}
