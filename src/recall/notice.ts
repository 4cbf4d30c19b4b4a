import { oneLine } from '../core/text.ts'
import type { Contact, Exposure, Met } from '../core/exposure.ts'
import type { Notice } from '../ports/notifier.ts'
import { clearing } from './clearing.ts'
import type { Clearing } from './clearing.ts'
import type { RecallView, Tombstone } from './tombstones.ts'

/** How many of those who met it are named in a notice; the rest is where `sluice recalls show` finds it. */
const NAMED = 20
const FILES = 20

const CONTACTS: readonly { contact: Contact; says: string }[] = [
  { contact: 'ran', says: 'ran it' }, { contact: 'installed', says: 'have it installed' }, { contact: 'locked', says: 'have it in a lockfile or SBOM' },
  { contact: 'served', says: 'received its bytes' }, { contact: 'denied', says: 'were denied it' }, { contact: 'index', says: 'read its index document' },
]

/** What people and programs are told of a recall: what, why, who has it, and what to clear where. `exposure` null: it cannot be told. */
export function recalledNotice(recall: RecallView, { tombstones, exposure, at }: { tombstones: readonly Tombstone[]; exposure: Exposure | null; at: Date }): Notice {
  const what = nameOf(recall)
  const clear = clearing(recall.ecosystem, clearables(recall, tombstones))
  const text = [
    `${what} was recalled: ${oneLine(recall.because, 600)} (${oneLine(recall.by, 100)}; ${causeOf(recall)}).`,
    'Every gate on this data folder refuses it. What clients already have stays with them until somebody clears it.',
    '', ...exposureLines(exposure), `Everybody, with every delivery: sluice recalls show ${recall.id}`,
    '', ...fileLines(tombstones),
    '', 'What to clear on each machine that may have it (sluice leftovers finds it):', ...clearingLines(clear),
  ].join('\n')
  return {
    id: `recall-${recall.id}`, kind: 'recalled', title: `${what} recalled`, text, at,
    data: {
      ecosystem: recall.ecosystem, name: recall.name, version: onlyVersion(recall), by: recall.by, because: recall.because, cause: recall.cause, reference: recall.reference,
      recall: recall.id, ...Object.fromEntries(Object.entries(exposure?.totals ?? {})),
    },
    details: { files: tombstones.map(fileFacts), exposure: exposure && { totals: exposure.totals, met: exposure.met.slice(0, NAMED).map(plainMet), complete: exposure.complete && exposure.met.length <= NAMED }, clear },
  }
}

/** That a recall is over, told to those who were told of it. */
export function liftedNotice(
  recall: RecallView, { tombstone, tombstones, because, by, at }: { tombstone: Tombstone; tombstones: readonly Tombstone[]; because: string; by: string; at: Date },
): Notice {
  const what = nameOf(recall)
  return {
    id: `lifted-${recall.id}-${tombstone.seq}`, kind: 'lifted', title: `${what} is no longer recalled`, at,
    text: [`The recall of ${what} is over: ${oneLine(because, 600)} (${oneLine(by, 100)}).`, `It was recalled on ${recall.at.toISOString().slice(0, 16)}Z: ${oneLine(recall.because, 600)} (${oneLine(recall.by, 100)}).`, '', ...fileLines(tombstones)].join('\n'),
    data: { ecosystem: recall.ecosystem, name: recall.name, version: onlyVersion(recall), by, because, recall: recall.id },
    details: { files: tombstones.map(fileFacts) },
  }
}

/** `npm left-pad 1.3.0`, or as much as all of its files share. */
function nameOf(recall: Pick<RecallView, 'ecosystem' | 'name' | 'subjects'>): string {
  const version = onlyVersion(recall)
  return oneLine(`${recall.ecosystem} ${recall.name}${version === null ? '' : ` ${version}`}`, 300)
}

function onlyVersion({ subjects }: Pick<RecallView, 'subjects'>): string | null {
  const versions = new Set(subjects.map(({ version }) => version))
  const [only = null] = versions
  return versions.size === 1 ? only : null
}

const causeOf = ({ cause, reference }: RecallView): string => (cause === 'order' ? `order ${reference}` : `${cause} ${oneLine(reference, 100)}`)

function exposureLines(exposure: Exposure | null): string[] {
  if (!exposure) return ['Who has it cannot be told right now.']
  const counted = CONTACTS.flatMap(({ contact, says }) => (exposure.totals[contact] > 0 ? [`${exposure.totals[contact]} ${says}`] : []))
  if (counted.length === 0) return ['Nobody is known to have met it.']
  const rest = exposure.met.length > NAMED || !exposure.complete
  return [
    `Who met it: ${counted.join(', ')}. Receiving is not installing, and an address is not a person.`,
    ...exposure.met.slice(0, NAMED).map((met) => `  ${metLine(met)}`), ...(rest ? [`  … the gravest ${Math.min(NAMED, exposure.met.length)} of them`] : []),
  ]
}

function metLine(met: Met): string {
  const version = met.subject.version === null ? '' : `@${met.subject.version}`
  const who = [
    ['service', met.service], ['in', met.source], ['token', met.token], ['user', met.user], ['host', met.host], ['job', met.job], ['', met.address], ['', met.client],
  ].flatMap(([label, value]) => (value ? [oneLine(`${label} ${value}`.trim(), 120)] : []))
  const past = met.delivered === 'never' ? ', past the gate: it never delivered this' : ''
  const path = met.path.length > 0 ? ` by way of ${oneLine(met.path.join(' > '), 200)}` : ''
  return oneLine(`${met.contact} ${met.subject.name}${version}: ${who.join(', ') || 'nobody known by name'}${past}${path}; ${met.count}×, last ${met.last.toISOString().slice(0, 19)}Z`, 500)
}

function fileLines(tombstones: readonly Tombstone[]): string[] {
  if (tombstones.length === 0) return ['The gate has no file of it.']
  return [
    `${tombstones.length === 1 ? 'The file' : `${tombstones.length} files`}:`,
    ...tombstones.slice(0, FILES).map(({ version, file, digest }) => `  ${oneLine(`${version} ${file}`, 300)} ${digest}`),
    ...(tombstones.length > FILES ? [`  … and ${tombstones.length - FILES} more`] : []),
  ]
}

const clearingLines = (clear: readonly Clearing[]): string[] =>
  clear.flatMap(({ client, commands, says }) => [`  ${client}:`, ...commands.map((command) => `    ${oneLine(command, 1_000)}`), ...(says === null ? [] : [`    # ${says}`])])

/** What clients know it by. An order on a whole package that the gate has no file of is cleared by its name. */
export function clearables(recall: RecallView, tombstones: readonly Tombstone[]): { name: string; version: string | null; digest: string | null }[] {
  if (tombstones.length > 0) return tombstones.map(({ name, version, digest }) => ({ name, version, digest }))
  return recall.subjects.map(({ name, version, digest }) => ({ name, version, digest }))
}

const fileFacts = ({ version, file, digest, size }: Tombstone) => ({ version, file, digest, size })
const plainMet = (met: Met) => ({ ...met, first: met.first.toISOString(), last: met.last.toISOString() })
