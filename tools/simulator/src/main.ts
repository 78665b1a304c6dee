import { planOf } from './plan/plan';
import { shrink } from './run/shrink';
import { simulate } from './run/simulate';
import { RACES } from './scenarios/races';
import { play } from './scenarios/stage';
import { realMs } from './time/real-time';
import { withTraps } from './time/traps';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const main = async (): Promise<void> => {
  const [from = '1', count = '1', mode = ''] = process.argv.slice(2);
  if (from === 'scenario') {
    for (const { script, stage, title } of RACES)
      say(`${title}: ${JSON.stringify(await play(script, stage), null, 1)}`);
    return;
  }
  let orders = 0;
  const startedMs = realMs();
  for (let seed = Number(from); seed < Number(from) + Number(count); seed++) {
    const plan = planOf(seed);
    const { result, sprung } = await withTraps(() => simulate(plan));
    orders += plan.orders.length;
    if (mode === 'v' || result.findings.length + sprung.length > 0)
      say(
        `${seed} ${plan.orders.length} ${result.hash} ${result.steps} ${JSON.stringify(result.findings)} ${sprung.join()}`,
      );
    if (mode === 's' && result.findings.length > 0) {
      const { decisions, result: least } = await shrink(plan, result);
      say(JSON.stringify({ decisions, findings: least.findings }, null, 1));
      for (const { atMs, from: who, to, text, orderId } of least.messages)
        say(`${atMs} ${who} -> ${to} ${text} ${orderId}`);
    }
  }
  const ms = realMs() - startedMs;
  say(`${orders} orders, ${Math.round((orders / ms) * 1000)}/s`);
};

void main();
