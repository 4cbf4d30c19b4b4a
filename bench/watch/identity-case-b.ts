import type { Side } from './identity-documents.ts'

/** `botframework-streaming`, July 2021: 265 versions at npm, the name free at PyPI. */
export const THERE: Side = {
  name: 'botframework-streaming', version: '4.14.0', releases: 265, repository: 'microsoft/botbuilder-js', description: 'Streaming library for the Microsoft Bot Framework',
  accounts: ['botframework', 'microsoft1es', 'stevengum'], emails: ['botframework@microsoft.example', 'npm@microsoft.example'], readme: '# BotFramework Streaming\n\n    npm install botframework-streaming\n',
}
/** The stranger's first upload. */
const HERE: Side = { name: THERE.name, version: '4.14.0', releases: 1, repository: null, description: 'Utilities', accounts: ['b-k-2021'], emails: ['bk2021@example.com'], readme: 'Coming soon' }

export interface Variant {
  says: string
  younger: 'npm' | 'pypi'
  there: Side
  here: Side
  /** What it should give. `alarm`: people are told, and it is held; `note`: analysed before anybody asks; `none`: nothing. */
  expected: 'alarm' | 'note' | 'none'
  why: string
}

const of = (says: string, expected: Variant['expected'], here: Partial<Side>, { there = {}, why = '' }: { there?: Partial<Side>; why?: string } = {}): Variant =>
  ({ says, younger: 'pypi', expected, here: { ...HERE, ...here }, there: { ...THERE, ...there }, why })
const reversed = (says: string, expected: Variant['expected'], here: Partial<Side>, there: Partial<Side> = {}): Variant => ({ ...of(says, expected, here, { there }), younger: 'npm' })

const FORGED = 'what it says of itself may be true: no registry can tell. Analysed ahead of demand, not held'

export const VARIANTS: readonly Variant[] = [
  of('case B: the other\'s current version, nothing else copied', 'alarm', {}),
  of('description copied as well', 'alarm', { description: THERE.description }),
  of('description and README copied', 'alarm', { description: THERE.description, readme: THERE.readme ?? '' }),
  of('nobody named at all', 'alarm', { accounts: [], emails: [] }),
  of('a disposable address', 'alarm', { emails: ['x8271@trash-mail.example'] }),
  of('a repository of its own', 'alarm', { repository: 'b-k-2021/streaming' }),
  of('version one behind', 'alarm', { version: '4.13.0' }),
  of('version with another .0', 'alarm', { version: '4.14.0.0' }),
  of('version without its .0', 'alarm', { version: '4.14' }),
  of('the next patch of the other\'s version', 'alarm', { version: '4.14.1' }),
  of('a post-release of it', 'alarm', { version: '4.14.0.post1' }),
  of('three uploads, the last of that version', 'alarm', { releases: 3, every: 1 }),
  of('six uploads in one day', 'alarm', { releases: 6, every: 0.1 }),
  of('a name kept for a year, then that version', 'alarm', { releases: 2, every: 365 }),
  of('another version, README copied', 'alarm', { version: '0.0.7', readme: THERE.readme ?? '' }),
  of('another version, description copied', 'alarm', { version: '1.0.0', description: THERE.description }),
  of('another version, description copied, a repository of its own', 'alarm', { version: '1.0.0', description: THERE.description, repository: 'b-k-2021/streaming' }),
  of('another version, nothing copied', 'note', { version: '1.0.0' }, { why: 'a name alone holds nothing' }),
  of('another version, nothing copied, a repository of its own', 'none', { version: '1.0.0', repository: 'b-k-2021/streaming' }, { why: 'as any honest project with that name' }),
  of('the other\'s repository claimed', 'note', { repository: THERE.repository }, { why: FORGED }),
  of('another repository of the other\'s owner claimed', 'note', { repository: 'microsoft/no-such-thing' }, { why: FORGED }),
  of('the other\'s address claimed', 'note', { emails: ['botframework@microsoft.example'] }, { why: FORGED }),
  of('an account called as one of the other\'s', 'note', { accounts: ['stevengum'] }, { why: 'each registry gives out its own accounts' }),
  of('the other\'s README says to install it', 'none', {}, { there: { readme: '    pip install botframework-streaming\n' }, why: 'only the other can write that' }),
  of('a short, common name', 'alarm', { name: 'pump', version: '3.0.4' }, { there: { name: 'pump', version: '3.0.4', releases: 40 } }),
  of('a short, common name, a repository of its own', 'note', { name: 'pump', version: '3.0.4', repository: 'b-k-2021/pump' }, { there: { name: 'pump', version: '3.0.4', releases: 40 }, why: 'two projects may meet at a version' }),
  of('a scoped name there, its words here', 'alarm', { name: 'opentelemetry-api', version: '1.9.0' }, { there: { name: '@opentelemetry/api', version: '1.9.0' } }),
  of('a name with _ there', 'alarm', { name: 'fast-deep-equal-x', version: '3.1.3' }, { there: { name: 'fast_deep_equal_x', version: '3.1.3' } }),
  reversed('PyPI\'s name taken at npm', 'alarm', { name: 'azure-ai-formrecognizer', version: '3.1.2' }, { name: 'azure-ai-formrecognizer', version: '3.1.2', releases: 40 }),
  reversed('PyPI\'s name taken at npm, a version nobody copied, README copied', 'alarm', { name: 'azure-ai-formrecognizer', version: '0.1.0', readme: THERE.readme ?? '' }, { name: 'azure-ai-formrecognizer', version: '3.1.2', releases: 40 }),
  reversed('PyPI\'s name taken at npm in a scope', 'alarm', { name: '@azure/ai-formrecognizer-x', version: '3.1.2' }, { name: 'azure-ai-formrecognizer-x', version: '3.1.2', releases: 40 }),
]
