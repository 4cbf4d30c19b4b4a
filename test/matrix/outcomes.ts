import { readFile, writeFile } from 'node:fs/promises'
import { NPM_CLIENTS, PYTHON_CLIENTS } from '../harness/clients.ts'
import type { ClientName } from '../harness/clients.ts'
import type { KindId } from './kinds.ts'
import type { Seen } from './seen.ts'

/** What was measured: every client by every kind of denial. */
export interface Outcomes {
  /** The versions it was measured with; the machine's own clients may differ elsewhere. */
  versions: Partial<Record<ClientName, string>>
  cells: Partial<Record<ClientName, Partial<Record<KindId, Seen>>>>
}

export const CLIENTS: readonly ClientName[] = [...NPM_CLIENTS, ...PYTHON_CLIENTS, 'go']

const FILE = new URL('outcomes.json', import.meta.url)
const DOCUMENT = new URL('../../docs/DENIALS.md', import.meta.url)

export const readOutcomes = async (): Promise<Outcomes> =>
  JSON.parse(await readFile(FILE, 'utf8').catch(() => '{"versions":{},"cells":{}}')) as Outcomes
export const writeOutcomes = (outcomes: Outcomes): Promise<void> => writeFile(FILE, `${JSON.stringify(outcomes, null, 2)}\n`)

const BEGIN = '<!-- measured: begin -->\n'
const END = '<!-- measured: end -->'

/** The measured part of the document, and a way to put another one there. */
export async function readMeasured(): Promise<string> {
  const text = await readFile(DOCUMENT, 'utf8')
  return text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END))
}

export async function writeMeasured(measured: string): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8')
  await writeFile(DOCUMENT, `${text.slice(0, text.indexOf(BEGIN) + BEGIN.length)}${measured}${text.slice(text.indexOf(END))}`)
}
