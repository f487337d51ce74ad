import { useEffect, useState } from 'react';
import type { Roles } from '../../judge/givenFiles.js';
import { judgeCalls } from '../../judge/judgeSession.js';
import type { AnswerSource, LookedAnswers } from '../../judge/judgeWorker.js';
import { directionOf, type JudgeFields } from './judgeFields.js';

/** What looking found; the last while it is looked at again. */
export interface Look {
  readonly looked: LookedAnswers | undefined;
  /** Why it could not be looked at. */
  readonly error: unknown;
  readonly looking: boolean;
}

/** How answers would be read, anew after every change of files and form. @param source null where there is nothing to look at yet */
export function useLook(roles: Roles, source: AnswerSource | null, fields: JudgeFields): Look {
  const [state, setState] = useState<Look>({ looked: undefined, error: undefined, looking: true });
  const key = JSON.stringify([roles, source && { ...source, asked: undefined }, directionOf(fields)]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says what is looked at
  useEffect(() => {
    if (!source) return;
    let wanted = true;
    setState((before) => ({ ...before, looking: true }));
    judgeCalls()
      .call('look', { roles, source, direction: directionOf(fields) })
      .then(
        (looked) => wanted && setState({ looked, error: undefined, looking: false }),
        (error) => wanted && setState({ looked: undefined, error, looking: false }),
      );
    return () => {
      wanted = false;
    };
  }, [key]);
  return state;
}
