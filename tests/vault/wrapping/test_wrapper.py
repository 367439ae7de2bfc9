"""What is kept of a wrapping goes into bytes and comes back."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.vault.wrapping.wrapper import ByPassphrase, ByService, Cost, KeyService, Wrapping, pack, unpack

COSTS = st.builds(Cost, st.integers(8, 1 << 20), st.integers(1, 9), st.integers(1, 9))
SERVICES = st.builds(KeyService, st.text(), st.text(), st.text(), st.text())
WRAPPINGS = st.builds(ByPassphrase, COSTS, st.binary(), st.binary()) | st.builds(
    ByService, SERVICES, st.text(), st.binary()
)


@given(WRAPPINGS)
def test_a_wrapping_comes_back(wrapping: Wrapping) -> None:
    assert unpack(pack(wrapping)) == wrapping
