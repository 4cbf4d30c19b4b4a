import { expect, it } from 'vitest'
import { abuseContact, entitiesIn, readContact } from './contact.ts'

const card = (...properties: unknown[]): unknown => ['vcard', properties]

it('reads a jCard as RFC 7095 has it', () => expect(readContact(card(
  ['version', {}, 'text', '4.0'], ['fn', {}, 'text', 'Joe Appleseed'], ['org', {}, 'text', ['Registrar', 'Abuse']], ['email', {}, 'text', 'ABUSE@registrar.example'],
  ['tel', { type: 'voice' }, 'uri', 'tel:+1-555-555-1234;ext=102'], ['adr', {}, 'text', ['', '', '1 Street', 'City', '', '', 'ZZ']], ['contact-uri', {}, 'uri', 'https://registrar.example/abuse'],
))).toEqual({ name: 'Joe Appleseed', organisation: 'Registrar, Abuse', emails: ['abuse@registrar.example'], phones: ['+1-555-555-1234;ext=102'], urls: ['https://registrar.example/abuse'], country: 'ZZ' }))

it.each([
  ['a header', 'a@b.example\r\nBcc: all@corp.example'], ['two', 'a@b.example, c@d.example'], ['a name', 'Abuse <a@b.example>'], ['no host', 'a@localhost'], ['a list', ['a@b.example', ['x']]], ['a script', 'javascript:alert(1)@b.example'],
])('takes no address with %s in it', (_, value) => expect(readContact(card(['email', {}, 'text', value]))?.emails ?? []).toEqual([]))

it.each([undefined, null, 'vcard', [], ['vcard'], ['vcard', 'x'], ['vcard', [null, 1, ['fn'], ['__proto__', {}, 'text', 'x'], ['fn', null, null, null]]], ['xcard', [['fn', {}, 'text', 'x']]]])('has nothing to say of %j', (value) => expect(readContact(value)).toBeNull())

it('takes no page that is none', () => expect(readContact(card(['fn', {}, 'text', 'x'], ['url', {}, 'uri', 'javascript:alert(1)'], ['contact-uri', {}, 'uri', 'mailto:abuse@registrar.example']))).toMatchObject({ urls: [], emails: ['abuse@registrar.example'] }))

it('prefers the desk of the registrar, and one that can be written to', () => {
  const desk = (email: string | null): object => ({ roles: ['abuse'], vcardArray: card(['fn', {}, 'text', 'desk'], ...(email === null ? [] : [['email', {}, 'text', email]])) })
  const chosen = (...entities: object[]): string[] | undefined => abuseContact(entitiesIn({ entities }))?.emails
  expect(chosen(desk('a@registry.example'), { roles: ['registrar'], entities: [desk('b@registrar.example')] })).toEqual(['b@registrar.example'])
  expect(chosen(desk('a@registry.example'), { roles: ['registrar'], entities: [desk(null)] })).toEqual(['a@registry.example'])
  expect(chosen({ roles: ['registrar', 'ABUSE'], vcardArray: card(['email', {}, 'text', 'c@registrar.example']) })).toEqual(['c@registrar.example'])
  expect(chosen({ roles: ['sponsor'], entities: [{ roles: ['registrar'], entities: [{ roles: ['x'], entities: [desk('d@deep.example')] }] }] })).toEqual(['d@deep.example'])
})

it('looks at so many entities and no more', () => {
  const wide = { entities: Array.from({ length: 5_000 }, () => ({ roles: ['x'] })) }
  expect(entitiesIn(wide).length).toBeLessThanOrEqual(500)
})
