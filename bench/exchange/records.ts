import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'

/** Records of malicious packages as OpenSSF's database has them, with names that nobody can have taken. */
export interface Made { id: string; ecosystem: 'npm' | 'PyPI' | 'Go'; path: string; text: string }

const MONTH = 30 * 86_400_000
const BEGIN = Date.UTC(2025, 0, 1)

export function* records(count: number, round = 0, only?: (at: number) => boolean): Generator<Made> {
  for (let at = 0; at < count; at++) {
    if (only && !only(at)) continue
    const ecosystem = at % 10 < 7 ? 'npm' : at % 10 < 9 ? 'PyPI' : 'Go'
    const name = ecosystem === 'Go' ? `made-up.example/bench/m${at}` : ecosystem === 'npm' && at % 3 === 0 ? `@made-up.example/p${at}` : `made-up-bench-${at}`
    const id = `MAL-${2020 + (at % 7)}-${at}`
    const modified = new Date(BEGIN + (at * 7_919) % MONTH + round * MONTH).toISOString()
    const record = {
      schema_version: '1.7.0', id, modified, published: new Date(BEGIN).toISOString(), summary: `Malicious code in ${name} (${ecosystem})`,
      details: `\n---\n_-= Per source details. Do not edit below this line.=-_\n\n## Source: bench (${'0123456789abcdef'.repeat(4)})\nThe package was made up for a bench${round > 0 ? ` and changed in round ${round}` : ''}: it does nothing, and its text is about as long as such texts are. ${'Any computer that has this package should be considered fully compromised. '.repeat(3)}\n`,
      affected: [{
        package: { ecosystem, name }, ...(at % 4 === 0 ? { ranges: [{ type: ecosystem === 'PyPI' ? 'ECOSYSTEM' : 'SEMVER', events: [{ introduced: '0' }] }] } : { versions: Array.from({ length: 1 + (at % 5) + (round > 0 ? 1 : 0) }, (_, minor) => `1.${minor}.0`) }),
        database_specific: { cwes: [{ cweId: 'CWE-506', description: 'The product contains code that appears to be malicious in nature.', name: 'Embedded Malicious Code' }] },
      }],
      credits: [{ name: 'Bench', type: 'FINDER', contact: ['https://bench.example/'] }],
      database_specific: {
        'malicious-packages-origins': [{ source: 'bench', sha256: '0123456789abcdef'.repeat(4), import_time: modified, modified_time: modified, versions: ['1.0.0'] }],
        ...(at % 20 === 0 ? { iocs: { domains: [`c${at % 5_000}.made-up.example`], urls: [`https://c${at % 5_000}.made-up.example/in?${at}`] } } : {}),
      },
    }
    yield { id, ecosystem, path: `${ecosystem.toLowerCase()}/${name}/${id}.json`, text: JSON.stringify(record, null, 2) }
  }
}

/** A folder for each package, as the database is checked out. */
export function writeFolder(root: string, made: Iterable<Made>): void {
  for (const { path, text } of made) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

/** Everything in few folders, as it lies where archives were unpacked. */
export function writeFlat(root: string, made: Iterable<Made>): void {
  const known = new Set<string>()
  for (const { ecosystem, id, text } of made) {
    const folder = join(root, ecosystem)
    if (!known.has(folder)) mkdirSync(folder, { recursive: true })
    known.add(folder)
    writeFileSync(join(folder, `${id}.json`), text)
  }
}

/** OSV's bulk archive, with the wide directory that many files need. */
export function writeZip(file: string, made: Iterable<Made>): void {
  const out = openSync(file, 'w')
  const central: Buffer[] = []
  let offset = 0
  let count = 0
  for (const { id, text } of made) {
    const content = Buffer.from(text)
    const data = deflateRawSync(content, { level: 4 })
    const name = Buffer.from(`${id}.json`)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(0x0800, 2)
    shared.writeUInt16LE(8, 4)
    shared.writeUInt32LE(crc32(content), 10)
    shared.writeUInt32LE(data.length, 14)
    shared.writeUInt32LE(content.length, 18)
    shared.writeUInt16LE(name.length, 22)
    writeSync(out, Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, name, data]))
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), shared, tail, name]))
    offset += 30 + name.length + data.length
    count++
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(98)
  end.write('PK\x06\x06', 0, 'latin1')
  end.writeBigUInt64LE(44n, 4)
  end.writeBigUInt64LE(BigInt(count), 24)
  end.writeBigUInt64LE(BigInt(count), 32)
  end.writeBigUInt64LE(BigInt(directory.length), 40)
  end.writeBigUInt64LE(BigInt(offset), 48)
  end.write('PK\x06\x07', 56, 'latin1')
  end.writeBigUInt64LE(BigInt(offset + directory.length), 64)
  end.writeUInt32LE(1, 72)
  end.write('PK\x05\x06', 76, 'latin1')
  end.writeUInt16LE(0xffff, 84)
  end.writeUInt16LE(0xffff, 86)
  end.writeUInt32LE(0xffffffff, 88)
  end.writeUInt32LE(0xffffffff, 92)
  writeSync(out, directory)
  writeSync(out, end)
  closeSync(out)
}
