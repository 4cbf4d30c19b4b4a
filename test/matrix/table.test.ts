import { expect, it } from 'vitest'
import { readMeasured, readOutcomes } from './outcomes.ts'
import { renderMeasured } from './table.ts'

it('docs/DENIALS.md shows what was measured last', async () => {
  expect(await readMeasured()).toBe(renderMeasured(await readOutcomes()))
})
