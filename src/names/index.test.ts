import { assert, constantFrom, integer, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EcosystemId } from '../core/types.ts'
import { NameIndex } from './index.ts'
import type { Protected, SquatKind } from './index.ts'

const popular = (names: string): Protected[] => names.split(' ').map((name, at) => ({ name, why: 'popular', rank: at + 1 }))

const PYPI = NameIndex.build('pypi', popular(`requests urllib3 numpy redis python-dateutil pyyaml beautifulsoup4 scikit-learn colorama mysql-python tensorflow-gpu dependency-injector
  environment-tools two-factor-auth graphics-server phonenumbers modern-treasury openai huggingface-hub pillow opencv-python six color-serializer cryptography click`.replace(/\n\s+/, ' ')))
const NPM = NameIndex.build('npm', popular(`lodash react @babel/core @types/node @microsoft/signalr cross-env express socket.io @stripe/stripe-js JSONStream parse-json typescript
  @anthropic-ai/sdk @babel/types winston querystring`.replace(/\n\s+/, ' ')))
const GO = NameIndex.build('go', popular(`github.com/sirupsen/logrus github.com/boltdb/bolt golang.org/x/crypto gopkg.in/yaml.v3 github.com/gin-gonic/gin go.uber.org/zap github.com/jackc/pgx/v5
  github.com/Masterminds/semver/v3 github.com/aws/aws-sdk-go-v2/service/s3`.replace(/\n\s+/, ' ')))
const INDEXES = { pypi: PYPI, npm: NPM, go: GO }

/** Each kind with names of that kind: `name target`, among all others that are protected. */
const KINDS: Partial<Record<SquatKind, Partial<Record<EcosystemId, string[]>>>> = {
  omission: { pypi: ['requsts requests', 'rdis redis', 'tensorflow-gu tensorflow-gpu', 'ensorflow-gpu tensorflow-gpu'], npm: ['lodsh lodash', 'winstn winston'], go: ['github.com/sirupsn/logrus github.com/sirupsen/logrus'] },
  repetition: { pypi: ['requestts requests', 'reddis redis'], npm: ['expresss express', 'llodash lodash'], go: ['github.com/boltddb/bolt github.com/boltdb/bolt'] },
  swap: { pypi: ['reqeusts requests', 'reids redis', 'mysql-pythno mysql-python'], npm: ['loadsh lodash', 'exrpess express'], go: ['github.com/siruspen/logrus github.com/sirupsen/logrus'] },
  keyboard: { pypi: ['rwquests requests', 'colirama colorama'], npm: ['lodasj lodash', 'wimston winston'], go: ['github.com/jackv/pgx github.com/jackc/pgx/v5'] },
  'look-alike': { pypi: ['requ3sts requests', 'co1orama colorama', 'num\u0440y numpy', 'nurnpy numpy', 'dick click', 'p\u200billow pillow'],
    npm: ['l0dash lodash', 'vvinston winston', 'react\u200d react', 'lоdash lodash'], go: ['github.com/s1rupsen/logrus github.com/sirupsen/logrus'] },
  replacement: { pypi: ['rebuests requests', 'coloramx colorama'], npm: ['lodbsh lodash'] },
  insertion: { pypi: ['requewsts requests', 'colorpama colorama'], npm: ['loqdash lodash'], go: ['github.com/sirupsden/logrus github.com/sirupsen/logrus'] },
  vowel: { pypi: ['requasts requests', 'colerama colorama', 'ridas redis'], npm: ['lodish lodash'] },
  'bit-flip': { pypi: ['pequests requests', 'coloramq colorama'], npm: ['lgdash lodash'] },
  delimiter: { pypi: ['tensorflowgpu tensorflow-gpu', 'scikitlearn scikit-learn', 'color-ama colorama'], npm: ['crossenv cross-env', 'socketio socket.io', 'parse.json parse-json'], go: ['github.com/gingonic/gin github.com/gin-gonic/gin'] },
  scope: { npm: ['types-node @types/node', 'babelcore @babel/core', '@cross/env cross-env', 'babel-types @babel/types'] },
  order: { pypi: ['python-mysql mysql-python', 'gpu-tensorflow tensorflow-gpu', 'learn-scikit scikit-learn'], npm: ['env-cross cross-env', 'json-parse parse-json'] },
  plural: { pypi: ['request requests', 'cryptographies cryptography', 'phonenumber phonenumbers', 'graphic-server graphics-server'], npm: ['reacts react', '@babel/cores @babel/core'] },
  combo: { pypi: ['requests-dev requests', 'python-redis redis', 'python3-dateutil python-dateutil', 'dateutil python-dateutil', 'six-utils six', 'pyrequests requests', 'python-reqeusts requests'],
    npm: ['lodash-js lodash', 'node-express express', 'reactjs react', 'winston-cli winston', 'lodash-utils lodash'], go: ['github.com/boltdb-go/bolt github.com/boltdb/bolt'] },
  misspelling: { pypi: ['dependancy-injector dependency-injector', 'enviroment-tools environment-tools', 'colour-serialiser color-serializer'] },
  number: { pypi: ['2-factor-auth two-factor-auth'] },
  version: { pypi: ['requests2 requests', 'urllib urllib3', 'urllib4 urllib3', 'redis-v2 redis'], npm: ['lodash-4 lodash', 'express5 express'] },
  brand: { npm: ['@babe1/core @babel/core', '@microsft/anything @microsoft/signalr', 'microsoft-anything @microsoft/signalr', '@tyeps/node @types/node'],
    go: ['github.com/siruspen/anything github.com/sirupsen/logrus'] },
  sound: { pypi: ['fonenumbers phonenumbers', 'kripptography cryptography', 'modern-treazury modern-treasury'], npm: ['kwerystring querystring'] },
  alias: { pypi: ['sklearn scikit-learn', 'bs4 beautifulsoup4', 'cv2 opencv-python', 'yaml pyyaml', 'pil pillow', 'PIL pillow'], npm: ['tsc typescript', 'babel @babel/core'], go: ['github.com/golang/crypto golang.org/x/crypto'] },
  invented: { pypi: ['huggingface-cli huggingface-hub', 'openai-client openai', 'redis-connector redis'], npm: ['anthropic-client @anthropic-ai/sdk', 'lodash-sdk lodash'] },
  case: { npm: ['jsonstream JSONStream'] },
  host: { go: ['github.co/sirupsen/logrus github.com/sirupsen/logrus', 'gihtub.com/sirupsen/logrus github.com/sirupsen/logrus', 'g0lang.org/x/crypto golang.org/x/crypto', 'goo.uber.org/zap go.uber.org/zap'] },
}

describe.each(Object.entries(KINDS))('%s', (kind, cases) => {
  it.each(Object.entries(cases).flatMap(([ecosystem, pairs]) => pairs.map((pair) => [ecosystem as EcosystemId, ...pair.split(/ (?=\S+$)/)] as [EcosystemId, string, string])))('%s: %s imitates %s', (ecosystem, name, target) => {
    const [first] = INDEXES[ecosystem].check(name)
    expect(first?.target.name).toBe(target)
    expect(first?.kinds.map((told) => told.kind)).toContain(kind)
    expect(first?.kinds.every(({ says }) => says.includes('`') && says.length < 300)).toBe(true)
  })
})

describe('what imitates nothing', () => {
  it.each([
    ['pypi', 'requests'], ['pypi', 'Requests'], ['pypi', 'flask'], ['pypi', 'a'], ['pypi', 'python'], ['pypi', 'js'], ['pypi', ''], ['pypi', '   '], ['pypi', 'request-handler-factory'],
    ['npm', '@acme/core'], ['npm', '@acme/lodash'], ['npm', 'lodash'], ['npm', '@'], ['npm', '@/'], ['npm', '@a'], ['npm', '__proto__'], ['npm', 'constructor'],
    ['go', 'github.com/somebody/logrus'], ['go', 'github.com/Sirupsen/logrus'], ['go', 'github.com/jackc/pgx/v4'], ['go', 'gopkg.in/yaml.v2'], ['go', 'logrus'], ['go', '/'], ['go', 'example.org/x/crypto'],
  ] as const)('%s: %s', (ecosystem, name) => expect(INDEXES[ecosystem].check(name)).toEqual([]))
})

describe('a sentence', () => {
  it.each([
    ['reids', '`reids` swaps two letters of `redis`'], ['requsts', '`requsts` leaves out `e` of `requests`'], ['tensorflowgpu', '`tensorflowgpu` sets dashes, dots or underscores otherwise than `tensorflow-gpu`'],
    ['requests-dev', '`requests-dev` adds `dev` to `requests`'], ['pyrequests', '`pyrequests` adds `py` to `requests`'], ['opencv-py', '`opencv-py` has `py` where `opencv-python` has `python`'],
 ['bs4', '`bs4` is what `beautifulsoup4` is known as, not what it is installed as'],
  ])('about %s', (name, says) => expect(PYPI.check(name)[0]?.kinds[0]?.says).toBe(says))
})

describe('protected names', () => {
  it('are found in each spelling of their registry, and only whole', () => {
    expect(PYPI.protectedAs('Scikit_Learn')).toEqual({ name: 'scikit-learn', why: 'popular', rank: 8 })
    expect(PYPI.protectedAs('scikit')).toBeNull()
    expect(NPM.protectedAs('@babel%2fcore')?.rank).toBe(3)
    expect(NPM.protectedAs('jsonstream')).toBeNull()
    expect(PYPI.protectedAs('x'.repeat(100_000))).toBeNull()
  })

  it('keep the better rank and the stronger reason when they come twice', () => {
    const index = NameIndex.build('npm', [{ name: 'lodash', why: 'used', rank: null }, { name: 'lodash', why: 'popular', rank: 7 }])
    expect(index.protectedAs('lodash')).toEqual({ name: 'lodash', why: 'used', rank: 7 })
    index.add({ name: 'lodash', why: 'private', rank: null })
    expect(index.protectedAs('lodash')).toEqual({ name: 'lodash', why: 'private', rank: 7 })
    expect(index.check('lodsh')).toMatchObject([{ target: { name: 'lodash', why: 'private', rank: 7 } }])
    expect(index.check('lodsh')[0]?.weight).toBeCloseTo(NameIndex.build('npm', [{ name: 'lodash', why: 'private', rank: 7 }]).check('lodsh')[0]?.weight ?? 0)
  })

  it('can be added one by one, and are found as if they had always been there', () => {
    const names = Array.from({ length: 300 }, (_, at): Protected => ({ name: `acme-part-${String.fromCharCode(97 + (at % 26)).repeat(3)}${at}x`, why: 'used', rank: null }))
    const index = NameIndex.build('npm', popular('lodash react'))
    for (const name of names) index.add(name)
    expect(index.size).toBe(302)
    for (const { name } of names) expect(index.protectedAs(name)?.why).toBe('used')
    expect(index.check('loadsh')[0]?.target.name).toBe('lodash')
    expect(index.check('acme-part-aaa0xx')[0]?.target.name).toBe('acme-part-aaa0x')
    index.add([])
    expect(index.size).toBe(302)
  })

  it('can begin with another index, which stays as it was', () => {
    const base = NameIndex.build('pypi', popular('requests numpy'))
    const mine = base.with([{ name: 'acme-billing', why: 'private', rank: null }, { name: 'numpy', why: 'used', rank: null }])
    expect([mine.check('acme-biling')[0]?.target.name, mine.check('reqests')[0]?.target.name]).toEqual(['acme-billing', 'requests'])
    expect([mine.protectedAs('numpy')?.why, base.protectedAs('numpy')?.why]).toEqual(['used', 'popular'])
    expect([base.size, base.check('acme-biling')]).toEqual([2, []])
  })

  it('weigh most when they are private', () => {
    const index = NameIndex.build('pypi', [...popular('acme-tools redis'), { name: 'acme-tool5', why: 'private', rank: null }])
    const [first, second] = index.check('acme-tooi5')
    expect(first?.target.name).toBe('acme-tool5')
    expect(second === undefined || second.weight < (first?.weight ?? 0)).toBe(true)
  })

  it('of an organisation guard its scope', () => {
    const index = NameIndex.build('npm', [{ name: '@acme-corp/ui', why: 'private', rank: null }, { name: '@acmecorp/x', why: 'private', rank: null }])
    expect(index.check('acmecorp-billing')[0]).toMatchObject({ target: { name: '@acmecorp/x' }, kinds: [{ kind: 'brand' }] })
    expect(index.check('@acme-crop/login')[0]).toMatchObject({ target: { name: '@acme-corp/ui' }, kinds: [{ kind: 'brand' }] })
    expect(index.check('@acme-corp/login')).toEqual([])
  })

  it('that begin with one word guard that word', () => {
    const index = NameIndex.build('pypi', ['acme-ui', 'acme-billing', 'acme-ledger', 'frobnicator'].map((name): Protected => ({ name, why: 'private', rank: null })))
    expect(index.check('acme-somethingelse')).toMatchObject([{ target: { why: 'private' }, kinds: [{ kind: 'brand', says: expect.stringContaining('begins with `acme`') as string }] }])
    expect(index.check('acme-uii')[0]?.target.name).toBe('acme-ui')
    expect(index.check('acme')).toEqual([])
    expect(index.check('frobnicator-somethingelse')).toEqual([])
    index.add(['x', 'y', 'z', 'v', 'w', 'u', 't'].map((name): Protected => ({ name: `${name}-tool`, why: 'private', rank: null })))
    expect(index.check('acme-somethingelse')).toEqual([])
  })

  it('say who alone could publish an imitation in their scope', () => {
    expect(NPM.check('@babel/cores')[0]).toMatchObject({ target: { name: '@babel/core' }, sameHolder: true })
    expect(GO.check('github.com/sirupsen/logrsu')[0]).toMatchObject({ sameHolder: true })
    expect(NPM.check('@babe1/core')[0]).toMatchObject({ sameHolder: false })
    expect(GO.check('gopkg.in/yml.v3')[0]).toMatchObject({ target: { name: 'gopkg.in/yaml.v3' }, sameHolder: false })
  })
})

describe('hostile names', () => {
  it('are answered in time and never thrown at', () => {
    const text = oneof(string({ maxLength: 80, unit: 'binary' }), string({ maxLength: 300, unit: constantFrom(...'@/-._~a1rncl0oi') }), constantFrom('__proto__', '@__proto__/constructor', 'toString'))
    assert(property(constantFrom<EcosystemId>('npm', 'pypi', 'go'), text, integer({ min: 0, max: 9 }), (ecosystem, name, limit) => {
      const found = INDEXES[ecosystem].check(name, limit)
      expect(found.length).toBeLessThanOrEqual(limit)
      for (const { weight, likeness, kinds, target } of found) {
        expect(kinds.length).toBeGreaterThan(0)
        expect(target.name).not.toBe(name)
        for (const value of [weight, likeness.blocks, likeness.damerau, likeness.jaro]) expect(value >= 0 && value <= 1).toBe(true)
      }
    }))
  })

  it('are told in one line', () => {
    const says = NPM.check('lodash\n-js').flatMap(({ kinds }) => kinds.map((told) => told.says))
    expect(says.length).toBeGreaterThan(0)
    expect(says.join('')).not.toContain('\n')
  })

  it('may be protected as well', () => {
    const names = ['a'.repeat(200), 'b'.repeat(1_001), '@/'.repeat(400), '-'.repeat(214), 'é'.repeat(214), '\ud800', '']
    for (const ecosystem of ['npm', 'pypi', 'go'] as const) {
      const index = NameIndex.build(ecosystem, names.map((name): Protected => ({ name, why: 'used', rank: -1 })))
      for (const name of names) expect(Array.isArray(index.check(name))).toBe(true)
      expect(index.protectedAs('a'.repeat(200))?.rank).toBeNull()
      expect(index.protectedAs('b'.repeat(1_001))).toBeNull()
    }
  })

  it('of any length beyond a name\'s are nobody\'s', () => expect(PYPI.check('requests'.repeat(200_000))).toEqual([]))
})
