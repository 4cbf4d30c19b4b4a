/** What points each Python client at the gate. `base` ends in `/pypi/`; clients want its `simple/`. */
export function clientSettings(base: string): readonly { client: string; lines: readonly string[] }[] {
  const index = `${base}simple/`
  const { protocol, hostname } = new URL(base)
  const plain = protocol === 'http:' && hostname !== 'localhost' && !hostname.startsWith('127.') && hostname !== '[::1]'
  const trusted = plain ? [`trusted-host = ${hostname}`] : []
  return [
    { client: 'pip (pip.conf)', lines: ['[global]', `index-url = ${index}`, ...trusted] },
    { client: 'pip (requirements.txt)', lines: [`--index-url ${index}`, ...(plain ? [`--trusted-host ${hostname}`] : [])] },
    { client: 'uv (uv.toml)', lines: [...(plain ? [`allow-insecure-host = ["${hostname}"]`] : []), '[[index]]', `url = "${index}"`, 'default = true'] },
    { client: 'uv (pyproject.toml)', lines: ['[[tool.uv.index]]', `url = "${index}"`, 'default = true'] },
    { client: 'poetry (pyproject.toml)', lines: ['[[tool.poetry.source]]', 'name = "sluice"', `url = "${index}"`, 'priority = "primary"'] },
    { client: 'pdm (pyproject.toml)', lines: ['[[tool.pdm.source]]', 'name = "pypi"', `url = "${index}"`, `verify_ssl = ${!plain}`] },
  ]
}
