import { useHashLocation } from 'wouter/use-hash-location';
import { ComparePage } from './ComparePage.js';
import { RunListPage } from './RunListPage.js';
import { RunPage } from './RunPage.js';
import { parseRunsAddress } from './runAddress.js';
import './runs.css';

/** Runs: all of them, one, or several beside each other, by the address. */
export default function RunsView() {
  const [address] = useHashLocation();
  const place = parseRunsAddress(address);
  if (place.kind === 'compare') return <ComparePage key={address} ids={place.ids} />;
  if (place.kind === 'run') return <RunPage key={place.id} {...place} />;
  return <RunListPage />;
}
