// Reads simulations as JSON from standard input, and answers each with its verdict, or with why there is none.
import { runSimulation } from '@cloud-copilot/iam-simulate'

let text = ''
for await (const chunk of process.stdin) text += chunk

const answers = []
for (const simulation of JSON.parse(text)) {
  const done = await runSimulation(simulation, {})
  answers.push(
    done.resultType === 'error'
      ? { error: JSON.stringify(done.errors) }
      : { verdict: done.overallResult, ignored: done.result?.ignoredContextKeys ?? [] }
  )
}
process.stdout.write(JSON.stringify(answers))
