import type { Telling } from './cases.ts'
import type { Severity } from './fact.ts'

interface Template {
  id: string
  title: string
  /** Hours after the case was opened. */
  due: Readonly<Record<Severity, number>>
  /** Only where the case has such a thing. */
  when: 'always' | 'addresses' | 'exposed'
}

/** What is to be done about a malicious package, in the order of seed case A and PyPI's own practice. */
const TASKS: readonly Template[] = [
  { id: 'confirm', title: 'read the findings, and say whether it is malicious: sluice case show', due: { critical: 1, high: 4, medium: 24, low: 72 }, when: 'always' },
  { id: 'recall', title: 'take it back where it was served: sluice recall', due: { critical: 1, high: 4, medium: 24, low: 72 }, when: 'always' },
  { id: 'exposed', title: 'tell those who received it what to clear, and check their machines', due: { critical: 4, high: 8, medium: 48, low: 120 }, when: 'exposed' },
  { id: 'registry', title: 'report it to the registry', due: { critical: 2, high: 8, medium: 48, low: 120 }, when: 'always' },
  { id: 'addresses', title: 'write to registrars and hosts of its addresses: sluice ticket draft', due: { critical: 4, high: 24, medium: 72, low: 168 }, when: 'addresses' },
  { id: 'credentials', title: 'have secrets changed that its code could have read', due: { critical: 8, high: 24, medium: 72, low: 168 }, when: 'exposed' },
  { id: 'publish', title: 'publish the report and the advisory', due: { critical: 72, high: 168, medium: 336, low: 720 }, when: 'always' },
]

const HOUR = 3_600_000

/** The tasks of a case that has just been opened, as lines. */
export function tasksFor({ severity, openedAt, hasAddresses, isExposed, by }: { severity: Severity; openedAt: Date; hasAddresses: boolean; isExposed: boolean; by: string }): Telling[] {
  return TASKS.filter(({ when }) => when === 'always' || (when === 'addresses' ? hasAddresses : isExposed)).map(({ id, title, due }) => ({
    id: `task ${id}`, source: 'template', by, says: title, fact: { kind: 'task', task: id, title, due: new Date(openedAt.getTime() + due[severity] * HOUR).toISOString(), assignee: null },
  }))
}
