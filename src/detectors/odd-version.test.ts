import { expect, it } from 'vitest'
import { findingsIn, packageOf } from '../../test/samples.ts'
import { oddVersion } from './odd-version.ts'

const seen = (version: string, scripts: Record<string, string> = {}, more: Record<string, string> = {}): string[] => findingsIn(packageOf({
  says: '', ecosystem: 'npm', version, files: { 'package.json': JSON.stringify({ version, scripts }), ...more },
}), oddVersion).map((finding) => finding.severity)

it.each([
  ['99.0.0', ['low']], ['999.9.9', ['low']], ['9999.0.0-beta', ['low']], ['1337.0.2', ['low']], ['1000.0.5', ['low']], ['v200.0.0', ['low']], ['300', ['low']],
  ['9.0.0', []], ['1.99.0', []], ['148.0.1', []], ['199.0.0', []], ['2026.8.0', []], ['1999.1', []], ['20250101', []], ['202501.1', []], ['0.0.0', []], ['latest', []], ['', []],
])('judges %j', (version, expected) => expect(seen(version)).toEqual(expected))

const ASKS = { postinstall: 'curl https://drop.example/' }
const MANY = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`lib/${at}.js`, 'module.exports = 1']))
it.each([
  ['an absurd version with a hook', '999.0.0', { install: 'node x.js' }, {}, ['medium']],
  ['an absurd version that asks a host', '999.0.0', ASKS, {}, ['high']],
  ['a large package that does', '999.0.0', ASKS, MANY, ['low']],
  ['no version with a hook', '0.0.0', { install: 'node x.js' }, {}, ['low']],
  ['no version that asks a host', '0.0.0', ASKS, {}, ['medium']],
  ['a usual version that asks a host', '1.0.0', ASKS, {}, []],
])('judges %s', (_what, version, scripts, more, expected) => expect(seen(version, scripts, more)).toEqual(expected))
