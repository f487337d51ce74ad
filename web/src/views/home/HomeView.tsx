/** To be written. */
export default function HomeView() {
  return <h1>Home</h1>;
}
