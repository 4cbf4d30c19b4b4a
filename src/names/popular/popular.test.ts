import { describe, expect, it } from 'vitest'
import { pathProblem } from '../../ecosystems/go/modules.ts'
import { isName as isNpmName } from '../../ecosystems/npm/names.ts'
import { isName as isPypiName } from '../../ecosystems/pypi/names.ts'
import { partsOf } from '../parts.ts'
import { popularNames } from './index.ts'

describe.each([
  ['npm', 15_000, isNpmName, ['react', 'lodash', '@babel/core']],
  ['pypi', 1_200, isPypiName, ['requests', 'numpy', 'urllib3', 'mysql-python', 'tensorflow-gpu']],
  ['go', 400, (path: string) => pathProblem(path) === null, ['github.com/sirupsen/logrus', 'golang.org/x/crypto', 'gopkg.in/yaml.v3']],
] as const)('the built-in names of %s', (ecosystem, least, isName, some) => {
  const names = popularNames(ecosystem)
  it('are many, canonical, and each there once', () => {
    expect(names.length).toBeGreaterThanOrEqual(least)
    expect(names.filter((name) => !isName(name) || partsOf(ecosystem, name)?.name !== name)).toEqual([])
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining([...some]))
  })
})
