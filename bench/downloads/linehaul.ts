/**
 * Whether every client is named that pypi/linehaul's parser names: `node bench/downloads/linehaul.ts FOLDER`, where FOLDER holds its
 * fixtures (`tests/unit/ua/fixtures/*.yml` of pypi/linehaul-cloud-function, Apache-2.0; not part of this repository).
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { agentNamed, readAgent } from '../../src/core/client.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('name the folder with the fixtures')

interface Fixture { ua: string; result: { installer?: { name: string; version?: string | null }; python?: string } | null }
const MIRRORS = new Set(['bandersnatch', 'devpi', 'Nexus', 'Artifactory', 'z3c.pypimirror', 'pep381client'])
/** One name there for several tools here. */
const OS = new Set(['libfetch', 'openbsd-ftp', 'macports', 'netbsd-ftp', 'slapt-get', 'pypi-install', 'slackrepo', 'ptxdist', 'garstow', 'xbps'])

let [named, nameless, versions, mirrors] = [0, 0, 0, 0]
const wrong: string[] = []
const files = readdirSync(folder).filter((file) => file.endsWith('.yml')).sort()
for (const file of files) {
  for (const { ua, result } of parse(readFileSync(join(folder, file), 'utf8')) as Fixture[]) {
    const agent = readAgent(ua)
    const expected = result?.installer?.name ?? null
    if (expected === null) {
      nameless += 1
      continue
    }
    const same = agent.tool === agentNamed(expected, null).tool || agent.tool === expected.toLowerCase() || (expected === 'OS' && OS.has(agent.tool))
    if (same) named += 1
    else wrong.push(`${file}: ${ua.slice(0, 80)} is ${agent.tool}, not ${expected}`)
    if (!result?.installer?.version || agent.version === result.installer.version) versions += 1
    else wrong.push(`${file}: ${ua.slice(0, 80)} has version ${agent.version}, not ${result.installer.version}`)
    if (MIRRORS.has(expected) !== (agent.kind === 'mirror')) wrong.push(`${file}: ${ua.slice(0, 80)} is ${agent.kind}`)
    else if (agent.kind === 'mirror') mirrors += 1
  }
}
const all = named + wrong.filter((line) => line.includes(', not ') && line.includes(' is ')).length
process.stdout.write(`${files.length} files; ${all} agents with a client: ${named} named (${Math.round((named / all) * 100)} %), ${versions} versions read, ${mirrors} mirrors, none taken for anything else: ${wrong.every((line) => !/ is (?:installer|browser|script)/.test(line))}; ${nameless} without one\n${wrong.map((line) => `${line}\n`).join('')}`)
if (wrong.length > 0) process.exitCode = 1
