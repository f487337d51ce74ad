/** To be written. */
export default function DatasetView() {
  return <h1>Data</h1>;
}
