import { expect, it } from 'vitest'
import { readNameList } from './read.ts'

const read = (text: string): string[] => readNameList('pypi', Buffer.from(text))

it.each([
  ['lines', 'requests\n# a comment\n\n  Flask_Login \r\nrequests\n', ['requests', 'flask-login']],
  ['CSV with a header', 'download_count,project\n188,"boto3"\n157,"packaging"\n', ['boto3', 'packaging']],
  ['CSV without one', '1,boto3\n2,"six"', ['boto3', 'six']],
  ['names first', 'name,stars\nboto3,7', ['boto3']],
  ['an array', '["boto3","six"]', ['boto3', 'six']],
  ['an array of objects', '[{"project":"boto3"},{"name":"six","rank":2}]', ['boto3', 'six']],
  ['an object with rows', '{"last_update":"x","rows":[{"download_count":1,"project":"boto3"}]}', ['boto3']],
  ['a byte order mark', '\ufeffboto3\nsix', ['boto3', 'six']],
  ['names that objects have', '["__proto__","constructor"]', ['-proto-', 'constructor']],
])('reads %s', (_what, text, names) => expect(read(text)).toEqual(names))

it('keeps npm scopes and Go paths whole', () => {
  expect(readNameList('npm', Buffer.from('@babel/core\n@types%2fnode'))).toEqual(['@babel/core', '@types/node'])
  expect(readNameList('go', Buffer.from('github.com/Azure/azure-sdk-for-go\ngopkg.in/yaml.v3'))).toEqual(['github.com/Azure/azure-sdk-for-go', 'gopkg.in/yaml.v3'])
})

it.each([
  ['', 'the list has no names'], ['# nothing\n', 'the list has no names'], ['a\nb c', 'line 2: "b c" is no name of a package'], ['a\n<html>', 'line 2'], ['1,"a\n', 'line 1 has a quote that does not end'],
  ['"a"b', 'line 1 has text after a quote'], [`a\n${'x'.repeat(5_000)}`, 'line 2 has 5000 characters'], [`${'x'.repeat(2_000)}`, 'line 1'], ['[1]', 'entry 1 of the list has no name'], ['[{"name":1}]', 'entry 1'],
  ['[', 'the list is not JSON'], ['{}', 'without an array'], ['["a",""]', 'entry 2'], ['name,n\n,3', 'line 2'], ['rank,name\n1', 'line 2 has no column 2'],
])('refuses %j', (text, says) => expect(() => read(text)).toThrow(says))

it('refuses what is no text, and more than anybody could mean', () => {
  expect(() => readNameList('npm', Uint8Array.of(0xff, 0xfe, 0, 1))).toThrow('not UTF-8')
  expect(() => readNameList('npm', new Uint8Array(64 * 1024 * 1024 + 1))).toThrow('bytes')
  expect(() => read(Array.from({ length: 1_000_001 }, (_, at) => `n${at}`).join('\n'))).toThrow('line 1000001: the list has more than 1000000 names')
})
