import type { Answer } from '../api/schemas.ts'
import { detectors } from '../detectors/index.ts'

type Report = Answer<'scan'>
type Finding = Report['findings'][number]

const LEVELS: Readonly<Record<Finding['severity'], 'error' | 'warning' | 'note'>> = { critical: 'error', high: 'error', medium: 'warning', low: 'note', info: 'note' }

/** SARIF 2.1.0 (OASIS). One run; a result a finding, its first evidence the place and the others related places. */
export function sarif(reports: readonly Report[]): object {
  const used = [...new Set(reports.flatMap(({ findings }) => findings.map(({ detector }) => detector)))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: {
        driver: {
          name: 'Sluice',
          rules: used.map((id) => {
            const why = detectors.find((detector) => detector.id === id)?.why ?? []
            return { id, shortDescription: { text: id.replaceAll('-', ' ') }, ...(why.length > 0 ? { fullDescription: { text: why.join(' ') } } : {}) }
          }),
        },
      },
      invocations: [{
        executionSuccessful: reports.every(({ level }) => level !== 'undetermined'),
        toolExecutionNotifications: reports.flatMap(({ target, missing }) => missing.map((line) => ({ level: 'warning', message: { text: `${target}: not examined: ${line}` } }))),
      }],
      results: reports.flatMap((report) => report.findings.map((finding) => result(report, finding, used.indexOf(finding.detector)))),
    }],
  }
}

function result({ target, level, score }: Report, finding: Finding, ruleIndex: number): object {
  const places = finding.evidence.map((evidence) => place(target, evidence))
  const says = finding.evidence.map((evidence) => evidence.says).filter(Boolean)
  return {
    ruleId: finding.detector, ruleIndex, level: LEVELS[finding.severity],
    message: { text: [finding.title, ...says].join('. ') },
    locations: places.slice(0, 1),
    ...(places.length > 1 ? { relatedLocations: places.slice(1).map((one, index) => ({ id: index + 1, ...one })) } : {}),
    properties: { target, behaviour: finding.behaviour, severity: finding.severity, confidence: finding.confidence, level, score },
  }
}

/** Files inside an archive stand below its name, as if it were a folder. Lines 0 mean none. */
function place(target: string, { file, lines: [first, last], excerpt }: Finding['evidence'][number]): object {
  const uri = [...target.replace(/^pkg:/, '').split(/[\\/]/), ...file.split('/')].filter((part) => part !== '' && part !== '.').map(encodeURIComponent).join('/')
  return {
    physicalLocation: {
      artifactLocation: { uri: target.startsWith('/') ? `file:///${uri}` : uri },
      ...(first > 0 ? { region: { startLine: first, endLine: Math.max(first, last), ...(excerpt === '' ? {} : { snippet: { text: excerpt } }) } } : {}),
    },
  }
}
