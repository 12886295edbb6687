package dev.malloc9.malloc;

import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OnVirtualThreads.class)
class BadInputOnVirtualThreadsTest extends BadInputTest {}
