"""While chapters run, a kernel's reply that nobody was told of is found within a second.

A cell with `interact` from ipywidgets makes nbclient send on the socket on which it waits for the
reply, past the event loop that watches it. If the reply comes at that very moment, the sign that it
is there is used up, and the build would wait until the cell's time is over. Asking anew looks at the
socket itself.
"""

from queue import Empty

SECONDS = 1.0


def asking_again(get_msg):
    """The method `get_msg` of a channel, in turns of a second."""

    async def get(self, timeout=None):
        while timeout is None or timeout > SECONDS:
            try:
                return await get_msg(self, SECONDS)
            except Empty:
                timeout = None if timeout is None else timeout - SECONDS
        return await get_msg(self, timeout)

    return get


def mend():
    """Mend it in this process, which runs a chapter."""
    from jupyter_client.channels import AsyncZMQSocketChannel

    AsyncZMQSocketChannel.get_msg = asking_again(AsyncZMQSocketChannel.get_msg)
