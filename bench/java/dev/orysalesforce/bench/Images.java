package dev.orysalesforce.bench;

import java.util.HashMap;
import java.util.Map;

/** Programs laid out as in the image, each once for each Java. */
final class Images {

    private final Plan plan;
    private final Sandbox salesforce;
    private final Map<String, Launch> made = new HashMap<>();

    Images(Plan plan, Sandbox salesforce) {
        this.plan = plan;
        this.salesforce = salesforce;
    }

    Launch of(String name, Jdk jdk) throws Exception {
        if (plan.isShort() && !name.equals("app") && !name.equals("web")) {
            return Launch.asBuilt(name, jdk); // one more cache would show nothing
        }
        String image = "image-" + name + "-" + jdk.version();
        if (!made.containsKey(image)) {
            made.put(image, Launch.asInTheImage(name, jdk, plan.folder(image), salesforce));
        }
        return made.get(image);
    }
}
