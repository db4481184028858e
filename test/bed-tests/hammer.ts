/**
 * A Python program with the arguments PORT CONNECTIONS TIMES PAUSE. It opens all connections at once, TIMES times, and
 * prints how many did not get a page.
 */
export const hammer = `import socket, sys, threading, time
port, count, times, pause = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
lost = []
def fetch():
    try:
        s = socket.create_connection(('127.0.0.1', port), timeout=180)
        s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')
        page = b''.join(iter(lambda: s.recv(4096), b''))
        if b'200 OK' not in page: lost.append(page[:80])
    except OSError as error: lost.append(error)
for turn in range(times):
    threads = [threading.Thread(target=fetch) for _ in range(count)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    time.sleep(pause + turn * 0.05)
print(len(lost), *lost[:3])`;
