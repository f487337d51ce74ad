import { type ComponentType, lazy } from 'react';

export interface View {
  /** First part of the address after the `#/`; what follows belongs to the view. */
  readonly path: string;
  readonly title: string;
  readonly component: ComponentType;
  /** Shown in the navigation only where the server lets its page start work. */
  readonly work?: true;
}

/** Every part of the studio, in the order of its navigation; each is fetched when it is first opened. */
export const views: readonly View[] = [
  { path: '', title: 'Start', component: lazy(() => import('./home/HomeView.js')) },
  { path: 'guide', title: 'Guide', component: lazy(() => import('./guide/GuideView.js')) },
  { path: 'data', title: 'Data', component: lazy(() => import('./data/DatasetView.js')) },
  { path: 'train', title: 'Train', component: lazy(() => import('./train/TrainView.js')) },
  { path: 'work', title: 'Work', component: lazy(() => import('./work/WorkView.js')), work: true },
  { path: 'runs', title: 'Runs', component: lazy(() => import('./runs/RunsView.js')) },
  { path: 'judge', title: 'Judge', component: lazy(() => import('./judge/JudgeView.js')) },
  { path: 'predict', title: 'Predict', component: lazy(() => import('./predict/PredictView.js')) },
];
