// The worker that all windows share. A window sends { after, names } to follow, and {} to leave.

const stream = new Stream(new URL("../../api/events", self.location));

self.onconnect = ({ ports: [port] }) => {
  const reader = (what) => port.postMessage(what);
  port.onmessage = ({ data }) => {
    if (data.names) stream.add(reader, data.after, data.names);
    else stream.remove(reader);
  };
};
