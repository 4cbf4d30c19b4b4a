/** What an indicator says when its name or address belongs to documentation and to tests (RFC 2606, 5737, 3849). */
export const RESERVED = 'reserved for documentation'

const NAMES = new Set(['example', 'test', 'invalid', 'example.com', 'example.net', 'example.org', 'example.edu'])
const LOCAL = new Set(['localhost', 'local', 'localdomain', 'internal', 'intranet', 'lan', 'home', 'corp', 'arpa', 'svc'])

export const isReserved = (host: string): boolean => NAMES.has(lastLabels(host, 1)) || NAMES.has(lastLabels(host, 2))
/** Names that never leave a network. */
export const isLocal = (host: string): boolean => LOCAL.has(lastLabels(host, 1))

/** Hosts in names of schemas and namespaces: nobody asks them for anything. */
const NAMESPACES = new Set([
  'www.w3.org', 'w3.org', 'json-schema.org', 'schema.org', 'tempuri.org', 'xmlns.com', 'purl.org', 'ns.adobe.com', 'java.sun.com', 'xml.org',
  'www.topografix.com', 'ogp.me', 'docbook.org', 'relaxng.org', 'xml.apache.org', 'www.xfa.org', 'sodipodi.sourceforge.net', 'www.inkscape.org',
  'www.sodipodi.com', 'ns.inkscape.org', 'purl.oclc.org', 'www.opengis.net', 'www.ecma-international.org', 'openid.net', 'json.schemastore.org',
  'xmpp.org', 'jabber.org', 'www.iana.org', 'tc39.es', 'tools.ietf.org', 'datatracker.ietf.org', 'www.rfc-editor.org', 'spec.whatwg.org',
])
/** Hosts that documentation and messages link to, and that take nothing in. */
const REFERENCES = new Set([
  'developer.mozilla.org', 'nodejs.org', 'docs.python.org', 'peps.python.org', 'opensource.org', 'www.apache.org', 'creativecommons.org', 'spdx.org',
  'stackoverflow.com', 'en.wikipedia.org', 'html.spec.whatwg.org', 'url.spec.whatwg.org', 'dom.spec.whatwg.org', 'encoding.spec.whatwg.org',
  'fetch.spec.whatwg.org', 'drafts.csswg.org', 'www.unicode.org', 'unicode.org', 'cldr.unicode.org', 'semver.org', 'choosealicense.com', 'www.gnu.org',
  'reactjs.org', 'react.dev', 'fb.me', 'vuejs.org', 'babeljs.io', 'eslint.org', 'webpack.js.org', 'www.typescriptlang.org', 'caniuse.com', 'goo.gle',
  'mths.be', 'feross.org', 'packaging.python.org', 'setuptools.pypa.io', 'json5.org', 'yaml.org', 'www.ietf.org', 'ietf.org',
])

export const isFalseFriend = (host: string): boolean => NAMESPACES.has(host) || REFERENCES.has(host) || /^schemas?\./.test(host)

const lastLabels = (host: string, count: number): string => host.split('.').slice(-count).join('.')
