package dev.orysalesforce.console;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.util.DigestUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** Style, scripts and icon. A browser keeps them, because the path changes with their content. */
@Controller
@PartOfConsole
class Assets {

    static final String PATH = Section.HOME + "/assets";
    private static final Map<String, MediaType> TYPES = Map.of("css", new MediaType("text", "css"),
            "js", new MediaType("text", "javascript"), "svg", new MediaType("image", "svg+xml"));

    private final Map<String, byte[]> files = new TreeMap<>();
    private final String version;

    Assets() throws IOException {
        PathMatchingResourcePatternResolver resources = new PathMatchingResourcePatternResolver();
        for (String pattern : new String[] {"classpath:console/*", "classpath:META-INF/resources/webjars/htmx.org/*/dist/htmx.min.js"}) {
            for (Resource file : resources.getResources(pattern)) {
                files.put(file.getFilename(), file.getContentAsByteArray());
            }
        }
        StringBuilder hashes = new StringBuilder();
        files.values().forEach(content -> hashes.append(DigestUtils.md5DigestAsHex(content)));
        version = DigestUtils.md5DigestAsHex(hashes.toString().getBytes());
    }

    /** The folder of the present version. */
    String folder() {
        return PATH + "/" + version;
    }

    @GetMapping(PATH + "/{version}/{name}")
    ResponseEntity<byte[]> file(@PathVariable("version") String asked, @PathVariable("name") String name) {
        byte[] content = asked.equals(version) ? files.get(name) : null;
        return content == null ? ResponseEntity.notFound().build()
                : ResponseEntity.ok().contentType(TYPES.get(name.substring(name.lastIndexOf('.') + 1)))
                        .cacheControl(CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable()).body(content);
    }
}
