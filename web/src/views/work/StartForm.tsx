import { type FormEvent, type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { Problem } from '../../components/Problem.js';
import type { WrittenPlan } from '../../work/workPlans.js';
import { workServer } from '../../work/workServer.js';
import { workAddress } from './workAddress.js';

export interface StartFormProps {
  /** On the button. */
  readonly words: string;
  /** Whether others wait or run, so that this waits for its turn. */
  readonly queued: boolean;
  /** What is begun, and the folder for it. @throws LesionlabError kind `usage` where something is missing */
  readonly read: () => { readonly name: string; readonly plan: WrittenPlan };
  readonly children: ReactNode;
}

/** Fields, and the button that begins what they say. */
export function StartForm({ words, queued, read, children }: StartFormProps) {
  const [error, setError] = useState<unknown>();
  const [asked, setAsked] = useState(false);
  const [, navigate] = useLocation();
  const begin = async (event: FormEvent) => {
    event.preventDefault();
    setError(undefined);
    try {
      const { name, plan } = read();
      setAsked(true);
      navigate(workAddress({ at: 'plan', name: await workServer.start(name, plan) }));
    } catch (problem) {
      setError(problem);
      setAsked(false);
    }
  };
  return (
    <form onSubmit={begin} noValidate>
      {children}
      {error !== undefined && <Problem error={error} />}
      <p className="actions">
        <button type="submit" className="action" disabled={asked}>
          {words}
        </button>
        {queued && <span className="small muted">Other work is under way: this begins when it is done.</span>}
      </p>
    </form>
  );
}
