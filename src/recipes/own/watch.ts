/** Which files of a found service an edit of should start it anew; none where something else sees to it. Pure. */
import type { DetectedService } from '../detect.ts';

/** Servers that take in edits by themselves, and scripts of which that is likely. */
const byItself =
  /\b(?:nodemon|node-dev|vite|next|nuxt|astro|remix|webpack|parcel|ng serve|gatsby|air|reflex|watchexec|entr|concurrently|turbo|nx)\b|--(?:watch|reload|hot|debug)\b|\b(?:watch|dev)\b/;
/** What a build writes: an edit of the source does not change it. */
const built = /^(?:dist|build|out|output|lib|bin|target|public|\.[^/]+)$/;

/** Globs relative to the folder of the service, for what is started by `command`. */
export function watchOf(detected: DetectedService | undefined, command: string): readonly string[] {
  if (detected === undefined || command === '') return [];
  const { language, start, dev, runs } = detected;
  const line = command === (dev ?? start?.value) ? (runs ?? command) : command;
  if (byItself.test(line)) return [];
  if (language === 'Python' && /\b(?:python3?|uvicorn|gunicorn|hypercorn|granian|flask|celery)\b/.test(line))
    return ['**/*.py'];
  if (language === 'Go' && /^go run\b/.test(line)) return ['**/*.go'];
  const file = /(?:^|\s)(?:node|tsx|ts-node|bun(?: run)?)(?:\s+-\S+)*\s+(?:\.\/)?([\w./-]+\.[cm]?[jt]sx?)(?:\s|$)/.exec(
    line,
  )?.[1];
  if (file === undefined || file.startsWith('../') || file.startsWith('/')) return [];
  const [first = '', ...below] = file.split('/');
  if (below.length === 0) return ['**/*.{js,cjs,mjs,ts,cts,mts}'];
  return built.test(first) ? [] : [`${first}/**`];
}
