import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import { sentence, SluiceError } from '../core/errors.ts'
import { tlp } from '../incident/cases/fact.ts'
import type { Tlp } from '../incident/cases/fact.ts'
import { atDesk } from './at-desk.ts'
import type { Surroundings } from './opened.ts'
import { count, plain } from './print.ts'

/** What goes to the public about a case. */
export function incidentReport(group: Command, surroundings: Surroundings): void {
  group.command('incident <case>').description('the report of a case: text to edit, page, OSV record, STIX bundle, MISP event, indicators')
    .option('--out <dir>', 'write the files there; else the text is printed').option('--edited <file>', 'report.md as you left it: the page and the records are made of it')
    .addOption(new Option('--tlp <tlp>', 'who will read it; what is above that is left out').choices(tlp.options.filter((one) => one !== 'red')).default('clear'))
    .addHelpText('after', '\nFirst write it, then edit report.md, then make the page of what you left:\n  sluice report incident C-2024-0001 --out report\n  sluice report incident C-2024-0001 --out report --edited report/report.md')
    .action(async (id: string, { out, edited: file, tlp: colour }: { out?: string; edited?: string; tlp: Tlp }, command: Command) => {
      const edited = file === undefined ? undefined : await readFile(file, 'utf8').catch((cause: unknown) => { throw new SluiceError('usage', `cannot read ${plain(file)}: ${sentence(cause)}`, { cause }) })
      await atDesk(command, surroundings, { upstreams: true }, async (desk, printer) => {
        const files = await desk.incidents.publish(id, { tlp: colour, edited })
        if (printer.wantsJson) return printer.json(files)
        if (out === undefined) return printer.lines((files[0]?.text ?? '').trimEnd())
        for (const { name, text } of files) await put(join(out, name), text)
        printer.lines(...files.map(({ name }) => join(out, name)))
        if (edited === undefined) printer.note('Read and edit report.md before anybody gets it; then run this again with --edited.')
      })
    })
}

/** The letters of a case as files. */
export function receipts(group: Command, surroundings: Surroundings): void {
  group.command('receipts <case>').description('every letter, approval, receipt and answer of a case, dated: what is asked for when a party did not act').requiredOption('--out <place>', 'a folder, or one archive: receipts.zip')
    .action((id: string, { out }: { out: string }, command: Command) => atDesk(command, surroundings, {}, async (desk, printer) => {
      const files = await desk.incidents.receipts(id)
      if (out.endsWith('.zip')) await put(out, await zipped(files))
      else for (const { name, text } of files) await put(join(out, name), text)
      if (printer.wantsJson) printer.json(files.map(({ name }) => ({ name })))
      else printer.lines(`${count(files.length, 'file')} written to ${plain(out)}.`)
    }))
}

async function zipped(files: readonly { name: string; text: string }[]): Promise<Uint8Array> {
  const { TextReader, Uint8ArrayWriter, ZipWriter } = await import('@zip.js/zip.js')
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false })
  for (const { name, text } of files) await zip.add(name, new TextReader(text))
  return zip.close()
}

async function put(path: string, text: string | Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  } catch (cause) {
    throw new SluiceError('storage', `cannot write ${plain(path)}: ${sentence(cause)}`, { cause })
  }
}
