import type { EcosystemId } from '../../core/types.ts'

/**
 * Hosts that are a registry's own beside the one it is read from: an index of PyPI's kind takes uploads, and trials of them, under
 * names of its domain (docs of twine; PEP 694 calls it the upload API). npm's and Go's have none.
 */
export function besides(ecosystem: EcosystemId, url: string | null): string[] {
  const host = URL.parse(url ?? '')?.hostname ?? ''
  if (ecosystem !== 'pypi' || !/^(?:[a-z0-9-]+\.){1,5}[a-z]{2,}$/i.test(host)) return []
  return ['upload', 'test'].map((name) => `${name}.${host}`)
}
