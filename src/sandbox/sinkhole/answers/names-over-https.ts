import { answerTo } from '../dns-answers.ts'
import { readQuestion, TYPES, typeName, writeAnswer } from '../dns-message.ts'
import { json, type Answer, type Asked } from './answer.ts'
import type { Cast } from './cast.ts'

/** DNS over HTTPS, as messages (RFC 8484) and as the JSON that some resolvers give. The question stands in the request that is recorded. */
export function namesOverHttps({ path, query, headers, method, body }: Asked, { names, options }: Cast): Answer | null {
  const isMessage = headers['content-type'] === 'application/dns-message' || (query.has('dns') && /\/(?:dns-query|resolve|query)$/.test(path))
  if (isMessage) {
    const question = readQuestion(method === 'POST' ? body : Buffer.from((query.get('dns') ?? '').slice(0, 4_000), 'base64url'))
    if (!question) return null
    const { answers, authority } = answerTo(question, names, options.ipv6)
    return { script: 'dns-over-https', status: 200, headers: { 'content-type': 'application/dns-message' }, body: writeAnswer(question, answers, authority) }
  }
  const name = query.get('name')
  if (name === null || !/\/(?:dns-query|resolve)$/.test(path)) return null
  const asked = (query.get('type') ?? 'A').toUpperCase()
  const type = Number(asked) || Number(Object.keys(TYPES).find((key) => TYPES[Number(key)] === asked) ?? 1)
  const { says } = answerTo({ id: 0, name: name.slice(0, 253), type, raw: Buffer.alloc(0), recursion: true, room: 512, edns: false }, names, options.ipv6)
  return json(
    'dns-over-https',
    {
      Status: 0, TC: false, RD: true, RA: true, AD: false, CD: false, Question: [{ name, type }],
      Answer: says.map((data) => ({ name, type, TTL: 60, data: typeName(type) === 'TXT' ? `"${data}"` : data })),
    },
    200, { 'content-type': 'application/dns-json' },
  )
}
