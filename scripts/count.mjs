// Adds up the runner's own counts and prints them as `N passed, N failed`. A report that is missing or empty is a failure.
import { readFileSync } from 'node:fs'

let passed = 0
let failed = 0
for (const file of process.argv.slice(2)) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    const broken = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed')).length
    passed += report.numPassedTests
    failed += report.numFailedTests + broken
    if (report.numTotalTests === 0) failed += 1
  } catch {
    process.stderr.write(`no report in ${file}: the run ended before its tests did\n`)
    failed += 1
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
