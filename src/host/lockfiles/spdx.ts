import { fromHex } from './digests.ts'
import { push } from './graph.ts'
import { readJson } from './json.ts'
import type { Draft, Format, Reading } from './project-file.ts'
import { draftOf, Others, readPurl } from './purl.ts'
import { addComponents, freeId } from './sbom.ts'
import { at, itemsOf, textAt, textOf } from './tree.ts'
import type { Located } from './tree.ts'

/** SPDX JSON: 2.2 and 2.3 (`packages`), and 3.0's graph (`@graph`), by their package URLs. */
export const spdx: Format = {
  name: 'SPDX',
  files: '',
  ecosystem: null,
  matches: (name, text) => name.endsWith('.json') && (name.endsWith('.spdx.json') || /"spdxVersion"\s*:|"@context"\s*:\s*"https:\/\/spdx\.org\//.test(text.slice(0, 100_000))),
  read(reading) {
    const root = readJson(reading)
    const graph = at(root, '@graph')
    const version = textAt(root, 'spdxVersion') ?? (graph ? 'SPDX-3' : null)
    reading.called(`SPDX ${version?.replace(/^SPDX-/, '') ?? '(no version)'}`)
    if (version === null || !/^SPDX-[23]/.test(version)) reading.problem(at(root, 'spdxVersion')?.line ?? null, `spdxVersion ${version ?? 'is missing'}: read as if it were 2.3`)
    const found: Found = { components: new Map(), edges: new Map(), roots: [], others: new Others() }
    if (graph) readGraph(reading, graph, found)
    else readPackages(reading, root, found)
    found.others.tell(reading)
    addComponents(reading, found)
  },
}

interface Found {
  components: Map<string, Draft | null>
  edges: Map<string, string[]>
  roots: string[]
  others: Others
}

/** Relationships by which the first needs the second; of the `…_OF` ones the second needs the first. */
const NEEDS = new Set(['DEPENDS_ON', 'CONTAINS', 'HAS_PREREQUISITE', 'DYNAMIC_LINK', 'STATIC_LINK'])
const NEEDED_BY = new Set(['DEPENDENCY_OF', 'DEV_DEPENDENCY_OF', 'BUILD_DEPENDENCY_OF', 'TEST_DEPENDENCY_OF', 'OPTIONAL_DEPENDENCY_OF', 'PROVIDED_DEPENDENCY_OF', 'RUNTIME_DEPENDENCY_OF', 'CONTAINED_BY', 'PREREQUISITE_FOR'])

function readPackages(reading: Reading, root: Located, found: Found): void {
  for (const one of itemsOf(reading, at(root, 'packages'), 'packages')) {
    const purl = itemsOf(reading, at(one, 'externalRefs'), 'externalRefs').find((ref) => textAt(ref, 'referenceType') === 'purl')
    const digests = itemsOf(reading, at(one, 'checksums'), 'checksums').flatMap((sum) => fromHex(textAt(sum, 'checksumValue'), textAt(sum, 'algorithm') ?? undefined))
    addPackage(found, { id: textAt(one, 'SPDXID'), purl: textAt(purl, 'referenceLocator'), digests, line: one.line })
  }
  for (const id of itemsOf(reading, at(root, 'documentDescribes'), 'documentDescribes')) found.roots.push(textOf(id) ?? '')
  for (const one of itemsOf(reading, at(root, 'relationships'), 'relationships')) {
    const [from, to, type = ''] = [textAt(one, 'spdxElementId'), textAt(one, 'relatedSpdxElement'), textAt(one, 'relationshipType')?.toUpperCase()]
    if (from === null || to === null) reading.problem(one.line, 'a relationship without two ends was left out')
    else if (type === 'DESCRIBES') found.roots.push(to)
    else if (NEEDS.has(type)) push(found.edges, from, to)
    else if (NEEDED_BY.has(type)) push(found.edges, to, from)
  }
}

function readGraph(reading: Reading, graph: Located, found: Found): void {
  for (const one of itemsOf(reading, graph, '@graph')) {
    const type = textAt(one, 'type') ?? textAt(one, '@type') ?? ''
    const id = textAt(one, 'spdxId') ?? textAt(one, '@id')
    if (type === 'software_Package') {
      const digests = itemsOf(reading, at(one, 'verifiedUsing'), 'verifiedUsing').flatMap((hash) => fromHex(textAt(hash, 'hashValue'), textAt(hash, 'algorithm') ?? undefined))
      addPackage(found, { id, purl: textAt(one, 'software_packageUrl') ?? identifierOf(reading, one), digests, line: one.line })
    } else if (type === 'software_Sbom' || type === 'SpdxDocument') {
      for (const element of itemsOf(reading, at(one, 'rootElement'), 'rootElement')) found.roots.push(textOf(element) ?? '')
    } else if (type.endsWith('Relationship') && ['dependsOn', 'contains', 'hasPrerequisite'].includes(textAt(one, 'relationshipType') ?? '')) {
      for (const to of itemsOf(reading, at(one, 'to'), 'to')) push(found.edges, textAt(one, 'from') ?? '', textOf(to) ?? '')
    }
  }
}

function identifierOf(reading: Reading, one: Located): string | null {
  const found = itemsOf(reading, at(one, 'externalIdentifier'), 'externalIdentifier').find((each) => /packageurl/i.test(textAt(each, 'externalIdentifierType') ?? ''))
  return textAt(found, 'identifier')
}

function addPackage({ components, others }: Found, { id, purl, digests, line }: { id: string | null; purl: string | null; digests: string[]; line: number }): void {
  const named = purl === null ? null : readPurl(purl)
  if (!named) others.add(purl, line)
  components.set(freeId(components, id), named ? { ...draftOf(named), digests, line } : null)
}
